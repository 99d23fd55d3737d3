// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads a `.conda` archive from front to back: a zip of three stored members (CEP 35).
///
/// Zip readers disagree where a file says things twice: some go by the headers in front of the data, some by
/// the central directory, some search for the directory from the end. So here the file must be in one piece:
/// members one after another from the first byte, then the directory, which must say the same about each,
/// then its end record, and nothing else. Whichever way another program reads the file, it sees what was
/// checked.
struct CondaContainer {
    private static let localSignature: UInt64 = 0x0403_4B50
    /// Names in UTF-8. All other flags change how the data is to be read, or say that sizes come later.
    private static let allowedFlags = 0x0800
    private static let maximumNameLength = 1024
    private static let maximumMetadataLength: UInt64 = 64 << 10

    let input: HashedInput
    let stem: String
    let subject: String
    let sink: any UnpackedSink
    var budget: UnpackBudget

    private var members: [ZipMember] = []

    init(
        _ input: HashedInput,
        stem: String,
        subject: String,
        sink: any UnpackedSink,
        budget: UnpackBudget
    ) {
        self.input = input
        self.stem = stem
        self.subject = subject
        self.sink = sink
        self.budget = budget
    }

    /// Reads everything, to the last byte.
    mutating func read() throws {
        guard try !input.isAtEnd() else {
            throw Refusal(ArchiveCode.truncated, subject, expected: "a zip file", found: "an empty file")
        }
        while true {
            let offset = input.position
            let signature = try number(4, "a zip header")
            guard signature == Self.localSignature else {
                guard !members.isEmpty else {
                    throw structure(expected: "a zip file", found: "something else")
                }
                try ZipDirectory(input: input, subject: subject, members: members)
                    .read(firstSignature: signature, offset: offset)
                break
            }
            try readMember(at: offset)
        }
        try checkMembers()
    }

    // MARK: Members

    private mutating func readMember(at offset: UInt64) throws {
        var fields = ZipFields(try input.take(26, "a zip header"))
        _ = fields.next16()  // version needed
        let flags = fields.next16()
        let method = fields.next16()
        _ = fields.next32()  // date and time
        let crc = fields.next32()
        let packedSize = fields.next32()
        let size = fields.next32()
        let nameLength = fields.next16()
        let extraLength = fields.next16()
        guard nameLength <= Self.maximumNameLength else {
            throw structure(
                expected: "a name of at most \(Self.maximumNameLength) bytes",
                found: "\(nameLength)"
            )
        }
        let name = try input.take(nameLength, "the name of a zip member")
        var member = ZipMember(
            name: name,
            flags: flags,
            method: method,
            crc: crc,
            packedSize: packedSize,
            size: size,
            offset: offset
        )
        let content = try content(of: member)
        guard method == 0, flags & ~Self.allowedFlags == 0 else {
            throw Refusal(
                ArchiveCode.zipMethod,
                member.displayName,
                at: subject,
                expected: "a stored member",
                found: "method \(method), flags \(flags)"
            )
        }
        try member.applyZip64(extra: try input.take(extraLength, member.displayName), hasOffset: false)
        guard member.packedSize == member.size else {
            throw structure(expected: "a stored member with one size", found: member.displayName)
        }
        members.append(member)
        try readContent(content, of: member)
    }

    private enum Content {
        case metadata
        case stream(ArchivePart)
    }

    /// What the member is by its name, which must be one of three and not have come yet.
    private func content(of member: ZipMember) throws -> Content {
        guard !members.contains(where: { $0.name == member.name }) else {
            throw Refusal(
                ArchiveCode.memberDuplicate,
                member.displayName,
                at: subject,
                expected: "each member once"
            )
        }
        if member.name == Array("metadata.json".utf8) { return .metadata }
        if member.name == Array("pkg-\(stem).tar.zst".utf8) { return .stream(.payload) }
        if member.name == Array("info-\(stem).tar.zst".utf8) { return .stream(.info) }
        throw Refusal(
            ArchiveCode.memberUnexpected,
            member.displayName,
            at: subject,
            expected: "`metadata.json`, `pkg-\(stem).tar.zst` or `info-\(stem).tar.zst`",
            found: "`\(member.displayName)`"
        )
    }

    private mutating func readContent(_ content: Content, of member: ZipMember) throws {
        switch content {
        case .metadata: try readMetadata(member)
        case .stream(let part): try readStream(part, member)
        }
    }

    private mutating func readMetadata(_ member: ZipMember) throws {
        guard member.size <= Self.maximumMetadataLength else {
            throw Refusal(CoreCode.tooLarge, "metadata.json", at: subject, found: "\(member.size) bytes")
        }
        let bytes = try input.take(Int(member.size), "metadata.json")
        var crc = CRC32()
        bytes.withUnsafeBytes { crc.update($0) }
        try check(crc, of: member)
        let fields = try JSONFields(JSONReader.read(bytes, of: "metadata.json"), of: "metadata.json")
        guard fields.object["conda_pkg_format_version"]?.integer == 2 else {
            throw Refusal(
                ArchiveCode.formatVersion,
                subject,
                at: "metadata.json",
                expected: "conda_pkg_format_version 2",
                found: fields.object["conda_pkg_format_version"]?.integer.map { "\($0)" }
            )
        }
    }

    private mutating func readStream(_ part: ArchivePart, _ member: ZipMember) throws {
        let decoder = try ZstdDecoder(subject: member.displayName)
        var crc = CRC32()
        var rest = member.size
        try sink.begin(part)
        while rest > 0 {
            let available = try input.peek()
            guard !available.isEmpty else {
                throw Refusal(
                    ArchiveCode.truncated,
                    member.displayName,
                    at: subject,
                    expected: "\(rest) more bytes",
                    found: "the end"
                )
            }
            let count = Int(min(UInt64(available.count), rest))
            let chunk = UnsafeRawBufferPointer(rebasing: available[..<count])
            crc.update(chunk)
            rest -= UInt64(count)
            let packed = input.position + UInt64(count)
            try decoder.consume(chunk, into: sink) { try budget.spend($0, packed: packed) }
            input.advance(count)
        }
        try check(crc, of: member)
        try decoder.finish()
        try sink.end()
    }

    // MARK: Checks

    private func check(_ crc: CRC32, of member: ZipMember) throws {
        guard UInt64(crc.value) == member.crc else {
            throw Refusal(
                ArchiveCode.crc,
                member.displayName,
                at: subject,
                expected: String(member.crc, radix: 16),
                found: String(crc.value, radix: 16)
            )
        }
    }

    private func checkMembers() throws {
        for name in ["metadata.json", "pkg-\(stem).tar.zst", "info-\(stem).tar.zst"] {
            guard members.contains(where: { $0.name == Array(name.utf8) }) else {
                throw Refusal(ArchiveCode.memberMissing, subject, expected: "a member `\(name)`")
            }
        }
    }

    private func number(_ count: Int, _ what: String) throws -> UInt64 {
        var fields = ZipFields(try input.take(count, what))
        return fields.next(count)
    }

    private func structure(expected: String, found: String) -> Refusal {
        Refusal(
            ArchiveCode.zipStructure,
            subject,
            at: "byte \(input.position)",
            expected: expected,
            found: found
        )
    }
}
