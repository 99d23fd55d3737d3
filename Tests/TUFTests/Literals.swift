// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

@testable import TUF

extension RoleName: ExpressibleByStringLiteral {
    /// A name that the test's author has checked.
    init(stringLiteral value: String) {
        guard let name = RoleName(value) else { preconditionFailure("no role name: \(value)") }
        self = name
    }
}

extension TargetPath: ExpressibleByStringLiteral {
    /// A path that the test's author has checked.
    init(stringLiteral value: String) {
        guard let path = TargetPath(value) else { preconditionFailure("no target path: \(value)") }
        self = path
    }
}

extension Timestamp: ExpressibleByStringLiteral {
    /// A moment that the test's author has checked.
    init(stringLiteral value: String) {
        guard let moment = Timestamp(value) else { preconditionFailure("no timestamp: \(value)") }
        self = moment
    }
}

extension PrivateKey {
    /// A new Ed25519 key, where a test cannot throw.
    static var fresh: PrivateKey {
        do { return try generate(.ed25519) } catch { preconditionFailure("no key: \(error)") }
    }
}
