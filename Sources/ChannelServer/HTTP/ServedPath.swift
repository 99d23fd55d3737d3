// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The path of a request, taken apart and decoded once.
///
/// What the server serves has plain names; so whatever could mean one thing here and another to a proxy, a
/// database or a file system is no path at all: dots that lead upwards, encoded slashes, backslashes, NUL and
/// other bytes that are no visible ASCII (overlong UTF-8 among them), broken escapes.
struct ServedPath: Sendable, Hashable {
    /// The decoded parts; at least one.
    let parts: [String]

    /// The longest path, in bytes, as it is sent.
    static let maximumLength = 2048

    /// How a path was understood.
    enum Reading: Equatable {
        /// A path of plain parts.
        case parts(ServedPath)
        /// One that leads to nothing that is served in this way: the root, an empty part, a slash at the end.
        case other
        /// One that no honest client sends.
        case malformed
    }

    /// Reads the target of a request, of which a query is left out.
    static func read(_ target: String) -> Reading {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard path.first == UInt8(ascii: "/"), path.count <= maximumLength else { return .malformed }
        var parts: [String] = []
        var hasEmptyPart = false
        for part in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.isEmpty {
                hasEmptyPart = true
                continue
            }
            guard let text = decode(part) else { return .malformed }
            parts.append(text)
        }
        return hasEmptyPart ? .other : .parts(ServedPath(parts: parts))
    }

    /// A path for a log: without a query, and without what stands where a token may stand, also in a spelling
    /// that this server does not take for one.
    static func shown(_ target: String) -> String {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard path.first == UInt8(ascii: "/"), path.count <= maximumLength else { return "(malformed)" }
        var shown = "", isToken = false
        for part in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.isEmpty {
                shown += "/"
                continue
            }
            guard let text = decode(part) else { return "(malformed)" }
            shown += isToken ? "/…" : "/" + text
            isToken = text == "t" || text == "T"
        }
        return shown
    }

    private static func decode(_ part: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(part.count)
        var rest = part[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        let isPlain = bytes.allSatisfy {
            (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\")
        }
        guard isPlain, bytes != [0x2E], bytes != [0x2E, 0x2E] else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
