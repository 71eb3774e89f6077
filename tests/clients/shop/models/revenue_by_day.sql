select day, sum(amount) as revenue
from {{ ref('paid_orders') }}
group by day
