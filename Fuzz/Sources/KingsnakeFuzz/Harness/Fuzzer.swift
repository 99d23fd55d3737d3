// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// One parser of foreign bytes, and what must hold of whatever it makes of them.
struct Fuzzer: Sendable {
    /// What `FUZZ`, the seeds and the failures are called by.
    let name: String
    /// Reads the bytes and checks what was read. A refusal ends it well; every other error is a finding.
    let read: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ read: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.read = read
    }

    /// Tries one input. Returns if all is well, and ends the process if not.
    func check(_ bytes: [UInt8]) {
        do {
            try read(bytes)
        } catch let refusal as Refusal {
            Finding.note(refusal)
        } catch {
            Finding.report("foreign bytes were answered with an error that is not a refusal: \(error)")
        }
    }
}
