// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What extended headers say about the entry that follows them.
struct TarOverrides {
    private(set) var name: [UInt8]?
    private(set) var link: [UInt8]?
    private(set) var size: UInt64?
    private var seen: Set<TarHeader.Kind> = []

    /// Whether an entry must follow.
    var isPending: Bool { !seen.isEmpty }

    /// Takes the content of an extended header.
    ///
    /// - Throws: `archive.tar-extension`.
    mutating func apply(_ kind: TarHeader.Kind, _ content: [UInt8], subject: String) throws {
        // Readers differ in which of two extended headers wins.
        let isGNU = kind == .gnuLongName || kind == .gnuLongLink
        guard
            kind == .paxGlobal
                || (seen.insert(kind).inserted && !(isGNU ? seen.contains(.paxEntry) : seen.count > 1))
        else { throw Refusal(ArchiveCode.tarExtension, subject, expected: "one extended header of a kind") }
        switch kind {
        case .gnuLongName: name = try Self.longName(content, subject)
        case .gnuLongLink: link = try Self.longName(content, subject)
        case .paxEntry:
            for (key, value) in try Self.records(content, subject) { try apply(key, value, subject) }
        case .paxGlobal:
            // A global header may hold remarks; a name or size for all entries has no honest use.
            for (key, _) in try Self.records(content, subject) where Self.meaningful.contains(key) {
                throw Refusal(ArchiveCode.tarExtension, subject, found: "a global `\(key)`")
            }
        default: break
        }
    }

    private static let meaningful: Set<String> = ["path", "linkpath", "size"]

    private mutating func apply(_ key: String, _ value: [UInt8], _ subject: String) throws {
        switch key {
        case "path": name = value
        case "linkpath": link = value
        case "size":
            guard let text = String(validating: value, as: UTF8.self), let number = UInt64(text),
                text.first != "+"
            else {
                throw Refusal(ArchiveCode.tarExtension, subject, expected: "a number in `size`")
            }
            size = number
        default:
            // Sparse files are stored with holes: their bytes are not the file's.
            guard !key.utf8.starts(with: "GNU.sparse".utf8) else {
                throw Refusal(ArchiveCode.tarType, subject, found: "a sparse file")
            }
        }
    }

    private static func longName(_ content: [UInt8], _ subject: String) throws -> [UInt8] {
        let name = content.last == 0 ? content.dropLast() : content[...]
        guard !name.isEmpty, !name.contains(0) else {
            throw Refusal(ArchiveCode.tarExtension, subject, expected: "a long name")
        }
        return Array(name)
    }

    /// `LENGTH KEY=VALUE\n` again and again (POSIX.1-2001), each key once.
    private static func records(_ content: [UInt8], _ subject: String) throws -> [(String, [UInt8])] {
        let wrong = Refusal(
            ArchiveCode.tarExtension,
            subject,
            expected: "records of the form `LENGTH KEY=VALUE`"
        )
        var records: [(String, [UInt8])] = []
        var seen: Set<String> = []
        var rest = content[...]
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count), let length = Int(String(decoding: digits, as: UTF8.self)),
                length > digits.count + 2, length <= rest.count, rest[digits.endIndex] == 0x20
            else { throw wrong }
            let record = rest.prefix(length)
            let body = record[(digits.endIndex + 1)...].dropLast()
            guard record.last == 0x0A, let equals = body.firstIndex(of: 0x3D),
                let key = String(validating: body[..<equals], as: UTF8.self), seen.insert(key).inserted
            else { throw wrong }
            records.append((key, Array(body[(equals + 1)...])))
            rest = rest.dropFirst(length)
        }
        return records
    }
}
