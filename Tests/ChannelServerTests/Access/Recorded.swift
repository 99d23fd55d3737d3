// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TrustCore

@testable import ChannelServer

/// Gathers what an administration records.
final class Recorded: Sendable {
    private let gathered = Mutex<[AdministrativeChange]>([])

    var changes: [AdministrativeChange] { gathered.withLock { $0 } }
    func add(_ change: AdministrativeChange) { gathered.withLock { $0.append(change) } }
}

extension AccessScene {
    /// The administration, without HTTP.
    func administration(recorded: @escaping @Sendable (AdministrativeChange) -> Void = { _ in })
        -> Administration
    {
        Administration(parts: scene.parts, recorded: recorded)
    }
}
