// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads the YAML of lock files, with the codes of lock files.
enum LockYAML {
    static func read(_ text: String, _ subject: String) throws -> LockNode {
        do {
            return try YAMLReader.read(text)
        } catch let fault as YAMLFault {
            throw Refusal(
                code(of: fault.kind),
                subject,
                at: fault.line.map { "line \($0)" },
                expected: fault.expected,
                found: fault.found
            )
        }
    }

    private static func code(of kind: YAMLFault.Kind) -> LockCode {
        switch kind {
        case .syntax: .syntax
        case .alias: .alias
        case .duplicateKey: .duplicateKey
        case .tooDeep: .tooDeep
        }
    }
}
