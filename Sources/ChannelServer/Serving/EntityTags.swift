// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A list of entity tags, or `*` (RFC 9110 8.8.3, 13.1.1, 13.1.2). Tags are compared byte for byte.
enum EntityTags: Equatable {
    /// `*`: whatever there is.
    case any
    /// Tags, each with its quotation marks, and whether it is a weak one.
    case list([Tag])

    /// One tag.
    struct Tag: Equatable {
        let isWeak: Bool
        let quoted: [UInt8]
    }

    /// With more tags than that the rest is not looked at.
    static let maximumCount = 256

    /// Reads a field; nil for one that is no such list.
    static func read(_ field: String) -> EntityTags? {
        var rest = field.utf8[...]
        skip(&rest, commasToo: true)
        if rest.first == UInt8(ascii: "*") {
            rest.removeFirst()
            skip(&rest, commasToo: false)
            return rest.isEmpty ? .any : nil
        }
        var tags: [Tag] = []
        while !rest.isEmpty, tags.count < maximumCount {
            guard let tag = tag(&rest) else { return nil }
            tags.append(tag)
            skip(&rest, commasToo: false)
            guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { return nil }
            skip(&rest, commasToo: true)
        }
        return tags.isEmpty ? nil : .list(tags)
    }

    /// Whether a strong tag, with its quotation marks, is among them.
    ///
    /// - Parameter weakly: whether a weak one counts, as it does where only a download is to be spared.
    func contains(_ quoted: String, weakly: Bool) -> Bool {
        switch self {
        case .any: true
        case .list(let tags):
            tags.contains { (weakly || !$0.isWeak) && $0.quoted.elementsEqual(quoted.utf8) }
        }
    }

    private static func tag(_ rest: inout Substring.UTF8View) -> Tag? {
        let isWeak = rest.starts(with: "W/".utf8)
        if isWeak { rest = rest.dropFirst(2) }
        let mark = UInt8(ascii: "\"")
        guard rest.first == mark, let end = rest.dropFirst().firstIndex(of: mark) else { return nil }
        let quoted = Array(rest[...end])
        guard quoted.dropFirst().dropLast().allSatisfy({ $0 >= 0x21 && $0 != 0x7F }) else { return nil }
        rest = rest[rest.index(after: end)...]
        return Tag(isWeak: isWeak, quoted: quoted)
    }

    private static func skip(_ rest: inout Substring.UTF8View, commasToo: Bool) {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || (commasToo && $0 == UInt8(ascii: ",")) }
    }
}
