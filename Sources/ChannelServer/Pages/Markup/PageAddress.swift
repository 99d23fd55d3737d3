// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// An address on this server: a path that begins with a slash, encoded as it was put together.
struct PageAddress: Sendable, Hashable {
    /// The path, and a query if there is one.
    let text: String

    /// Puts one together.
    ///
    /// - Parameters:
    ///   - segments: the parts of the path, not encoded.
    ///   - isFolder: whether it ends in a slash.
    ///   - query: fields and their values, not encoded; what has no value is left out.
    init(_ segments: [String], isFolder: Bool = false, query: [(String, String?)] = []) {
        var text = segments.map { "/" + PercentEncoding.segment($0) }.joined()
        if isFolder || segments.isEmpty { text += "/" }
        var mark = "?"
        for case (let name, let value?) in query {
            text += "\(mark)\(PercentEncoding.segment(name))=\(PercentEncoding.segment(value))"
            mark = "&"
        }
        self.text = text
    }
}

/// An address somewhere else, which a stranger wrote: `http` or `https`, and a host. Where it leads nobody looked.
struct ForeignAddress: Sendable, Hashable {
    /// The address, as it was written.
    let text: String

    /// The longest address, in bytes.
    static let maximumLength = 500

    /// Takes an address; nil for what is none that a page may link to: other schemes, names and passwords before the
    /// host, characters that no address has.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumLength,
            let scheme = ["https://", "http://"].first(where: { Self.begins(bytes, with: $0) })
        else { return nil }
        let isPlain = { (byte: UInt8) in
            (0x21...0x7E).contains(byte) && !#"<>"`{}|\^"#.utf8.contains(byte) && byte != UInt8(ascii: "'")
        }
        guard bytes.allSatisfy(isPlain) else { return nil }
        let host = bytes.dropFirst(scheme.utf8.count).prefix { !"/?#".utf8.contains($0) }
        guard let first = host.first, first != UInt8(ascii: "."), first != UInt8(ascii: ":"),
            !host.contains(UInt8(ascii: "@"))
        else { return nil }
        self.text = text
    }

    /// Whether text begins so; schemes are compared without regard to case.
    private static func begins(_ bytes: [UInt8], with scheme: String) -> Bool {
        bytes.prefix(scheme.utf8.count).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
            .elementsEqual(scheme.utf8)
    }
}
