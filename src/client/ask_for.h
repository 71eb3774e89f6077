#pragma once

#include "client/read_answers.h"
#include "client/remote_repository.h"

namespace cairn {

template <typename T, typename Read>
Result<T> RemoteRepository::AskFor(std::string_view name, const Parameters& parameters, Read&& read) {
  auto reply = Ask(name, parameters);
  if (!reply) return reply.error();
  auto answer = JsonAnswer::Parse(*reply->body);
  if (!answer) return answer.error();
  return read(answer->root());
}

}  // namespace cairn
