// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Dispatch

/// Runs a server's tasks on a thread of their own.
///
/// Tests wait for real clients with blocking calls, which take threads away from Swift's small pool; a server
/// in that
/// pool would never get to answer them.
final class ServerExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "loopback server")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
