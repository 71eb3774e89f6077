#include "serve_postgres.h"

#include <fmt/format.h>

#include <fstream>

#include "command.h"

namespace cairn::bench {

std::optional<double> PostgresInserts(const std::string& folder, int server_core, int load_core) {
  // Root may not run it.
  const std::string script = fmt::format(R"sh(set -e
B=$(ls -d /usr/lib/postgresql/15/bin)
D=$(mktemp -d)
R=
if [ $(id -u) = 0 ]; then chown postgres $D; R='runuser -u postgres --'; fi
cd $D
trap "$R $B/pg_ctl -D $D/db -m immediate stop >/dev/null; rm -rf $D" EXIT
$R $B/initdb -D $D/db -A trust -U postgres >/dev/null
$R taskset -c {0} $B/pg_ctl -D $D/db -w -l $D/log -o "-k $D -h ''" start >/dev/null
psql -q -h $D -U postgres -c 'CREATE TABLE events(id bigserial PRIMARY KEY, event jsonb NOT NULL)'
cat > $D/insert.sql <<'END'
\set n random(1, 1000000000)
INSERT INTO events(event) VALUES ('{{"eventType":"COMPLETE","eventTime":"2026-01-20T00:00:00Z","producer":"https://example.com/bench","schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent","run":{{"runId":"0192a3b4-7000-7000-8000-:n"}},"job":{{"namespace":"bench","name":"job"}},"inputs":[{{"namespace":"db","name":"in"}}],"outputs":[{{"namespace":"db","name":"out"}}]}}');
END
taskset -c {1} pgbench -n -h $D -U postgres -c 16 -j 1 -T 5 -f $D/insert.sql postgres | sed -n 's/^tps = \([0-9.]*\).*/\1/p'
)sh",
                                         server_core, load_core);
  const std::string path = folder + "/postgres.sh";
  std::ofstream(path) << script;
  return NumberOf("bash " + path + " 2>/dev/null");
}

}  // namespace cairn::bench
