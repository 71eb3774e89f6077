#pragma once

namespace cairn::bench {

/// Serves HTTP on the loopback address until the process ends: what Boost.Beast takes by itself. The body of a POST is
/// answered as it came; GET /N is answered with N bytes. One thread, no time limits, nothing looked at.
void RunEchoServer(int port);

}  // namespace cairn::bench
