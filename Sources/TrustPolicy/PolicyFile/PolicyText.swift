// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// The text of files in YAML.
enum PolicyText {
    static func read(_ bytes: [UInt8], _ subject: String, maximumLength: Int) throws -> PolicyNode {
        guard bytes.count <= maximumLength else {
            throw Refusal(PolicyFileCode.tooLarge, subject, expected: "at most \(maximumLength) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(PolicyFileCode.encoding, subject)
        }
        do {
            return PolicyNode(try YAMLReader.read(text), subject)
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

    private static func code(of kind: YAMLFault.Kind) -> PolicyFileCode {
        switch kind {
        case .syntax: .syntax
        case .alias: .alias
        case .duplicateKey: .duplicateKey
        case .tooDeep: .tooDeep
        }
    }
}
