select order_id, customer_id, day, amount
from {{ ref('orders') }}
where amount > 0
