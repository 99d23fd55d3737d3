// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import Synchronization
import TestSupport
import TrustCore

/// An instance of Sigstore for many tests at once.
final class SharedInstance: Sendable {
    private let instance = Mutex<SimulatedInstance?>(nil)

    private func withInstance<Value>(_ body: (inout SimulatedInstance) throws -> Value) throws -> Value {
        try instance.withLock { known in
            var instance = try known ?? SimulatedInstance(at: Clock.now.advanced(bySeconds: -3600))
            defer { known = instance }
            return try body(&instance)
        }
    }

    /// A signed and logged statement.
    func bundle(_ statement: [UInt8], by signer: SimulatedInstance.Signer) throws -> [UInt8] {
        try withInstance { try $0.bundle(stating: statement, by: signer, .v1).encoded() }
    }

    /// What verifiers of it trust.
    func trustedRoot() throws -> [UInt8] { try withInstance { try $0.trustedRoot().encoded() } }
}
