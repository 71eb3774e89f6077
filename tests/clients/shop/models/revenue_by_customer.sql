select customers.name, sum(paid_orders.amount) as revenue
from {{ ref('paid_orders') }} as paid_orders
join {{ ref('customers') }} as customers using (customer_id)
group by customers.name
