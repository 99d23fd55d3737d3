// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Writes YAML that every reader takes for the same: blocks, and all text in quotes, as JSON writes it.
enum PolicyWriter {
    static func encode(_ object: JSONObject) -> [UInt8] {
        var out: [UInt8] = []
        write(object, indent: 0, &out)
        return out
    }

    private static func write(_ object: JSONObject, indent: Int, _ out: inout [UInt8]) {
        for member in object.members {
            out += repeatElement(0x20, count: indent)
            writeKey(member.key, &out)
            out.append(UInt8(ascii: ":"))
            write(member.value, indent: indent, &out)
        }
    }

    private static func write(_ value: JSONValue, indent: Int, _ out: inout [UInt8]) {
        switch value {
        case .object(let object) where object.count > 0:
            out.append(0x0A)
            write(object, indent: indent + 2, &out)
        case .array(let elements) where !elements.isEmpty:
            out.append(0x0A)
            for element in elements {
                out += repeatElement(0x20, count: indent + 2)
                out.append(UInt8(ascii: "-"))
                writeElement(element, indent: indent + 4, &out)
            }
        default:
            out.append(0x20)
            out += JSONWriter.encode(value)
            out.append(0x0A)
        }
    }

    /// An element's first member stands beside its dash.
    private static func writeElement(_ element: JSONValue, indent: Int, _ out: inout [UInt8]) {
        guard case .object(let object) = element, object.count > 0 else {
            return write(element, indent: indent, &out)
        }
        var block: [UInt8] = []
        write(object, indent: indent, &block)
        out.append(0x20)
        out += block.dropFirst(indent)
    }

    /// Our own keys are plain words; URLs and patterns need quotes.
    private static func writeKey(_ key: String, _ out: inout [UInt8]) {
        let isWord = key.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
        guard isWord, !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(key) else {
            return JSONWriter.writeString(key, to: &out)
        }
        out += key.utf8
    }
}
