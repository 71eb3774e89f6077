#pragma once

namespace cairn {

/// Lets this process, and those that it makes, hold as many descriptors as the system allows it to.
void RaiseDescriptorLimit();

}  // namespace cairn
