// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace joulecast {

/// One thread per processor that this process may run on.
int DefaultThreads();

/// Calls `work(worker, first, last)` for consecutive parts of [0, count), each of at most `part`
/// numbers, from so many threads (at least 1; the caller's is one of them); `worker` is 0 up to
/// `threads - 1`. `progress`, which may be empty, is called from one thread at a time with how many
/// are done.
///
/// If `work` throws, no further part is begun, and the exception of the lowest part is thrown: the
/// same one at any number of threads.
void InParallel(std::uint64_t count, std::uint64_t part, int threads,
                const std::function<void(int, std::uint64_t, std::uint64_t)>& work,
                const std::function<void(std::uint64_t)>& progress);

}  // namespace joulecast
