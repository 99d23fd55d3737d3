// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads a tar stream piece by piece, as it comes out of the decompressor, and hands its entries on.
///
/// Strict: every header's checksum, two zero blocks at the end and nothing but zeros after them.
/// The rules about names and links are the inspector's.
struct TarReader {
    /// Takes entries as they are in the archive, uninspected.
    protocol Handler: AnyObject {
        func entry(_ kind: TarHeader.Kind, name: [UInt8], link: [UInt8], size: UInt64, permissions: UInt16)
            throws
        func content(_ bytes: UnsafeRawBufferPointer) throws
        func endOfContent() throws
    }

    private enum State {
        case header
        /// The content of a file; then so many bytes of padding.
        case content(rest: UInt64, padding: Int)
        case padding(Int)
        /// An extended header that is collected.
        case extended(TarHeader.Kind, rest: Int, padding: Int)
        /// After the end: so many zero blocks were seen.
        case ending
    }

    private let subject: String
    private let limits: ArchiveLimits
    private var state = State.header
    private var block: [UInt8] = []
    private var zeroBlocks = 0
    private var entries = 0
    private var collected: [UInt8] = []
    private var overrides = TarOverrides()

    init(limits: ArchiveLimits, subject: String) {
        self.limits = limits
        self.subject = subject
        block.reserveCapacity(TarHeader.length)
    }

    /// Takes the next piece.
    mutating func consume(_ bytes: UnsafeRawBufferPointer, _ handler: some Handler) throws {
        var rest = bytes
        while !rest.isEmpty {
            switch state {
            case .header: try takeHeader(&rest, handler)
            case .content(let left, let padding): try takeContent(&rest, left, padding, handler)
            case .padding(let left):
                let count = min(left, rest.count)
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                state = left == count ? .header : .padding(left - count)
            case .extended(let kind, let left, let padding): try collect(&rest, kind, left, padding)
            case .ending:
                guard rest.allSatisfy({ $0 == 0 }) else {
                    throw Refusal(
                        ArchiveCode.trailingData,
                        subject,
                        expected: "nothing after the end of the tar data"
                    )
                }
                return
            }
        }
    }

    /// The stream is over (`archive.truncated` if that is too early).
    func finish() throws {
        if case .ending = state { return }
        // Some tools write one zero block, or none: the end of the stream after a whole entry is the end as well.
        if case .header = state, block.isEmpty, entries > 0 { return try checkNothingPending() }
        throw Refusal(ArchiveCode.truncated, subject, expected: "the end of the tar data")
    }

    private func checkNothingPending() throws {
        guard !overrides.isPending else {
            throw Refusal(ArchiveCode.tarExtension, subject, expected: "an entry after an extended header")
        }
    }

    private mutating func takeHeader(_ rest: inout UnsafeRawBufferPointer, _ handler: some Handler) throws {
        if block.isEmpty, rest.count >= TarHeader.length {
            let whole = UnsafeRawBufferPointer(rebasing: rest[..<TarHeader.length])
            rest = UnsafeRawBufferPointer(rebasing: rest[TarHeader.length...])
            return try header(whole, handler)
        }
        let count = min(TarHeader.length - block.count, rest.count)
        block.append(contentsOf: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        guard block.count == TarHeader.length else { return }
        let whole = block
        block.removeAll(keepingCapacity: true)
        try whole.withUnsafeBytes { try header($0, handler) }
    }

    private mutating func header(_ bytes: UnsafeRawBufferPointer, _ handler: some Handler) throws {
        if bytes.allSatisfy({ $0 == 0 }) {
            try checkNothingPending()
            zeroBlocks += 1
            if zeroBlocks == 2 { state = .ending }
            return
        }
        guard zeroBlocks == 0 else {
            throw Refusal(
                ArchiveCode.trailingData,
                subject,
                expected: "nothing after the end of the tar data"
            )
        }
        entries += 1
        guard entries <= limits.entries else {
            throw Refusal(ArchiveCode.tooManyEntries, subject, expected: "at most \(limits.entries)")
        }
        let header = try TarHeader(bytes, subject: subject)
        let padding = { (size: UInt64) in Int((512 - size % 512) % 512) }
        switch header.kind {
        case .paxEntry, .paxGlobal, .gnuLongName, .gnuLongLink:
            guard header.size <= UInt64(limits.extensionBytes) else {
                throw Refusal(
                    ArchiveCode.tooLarge,
                    subject,
                    at: "an extended header",
                    found: "\(header.size) bytes"
                )
            }
            collected.removeAll(keepingCapacity: true)
            state = .extended(header.kind, rest: Int(header.size), padding: padding(header.size))
            if header.size == 0 { try endExtended(header.kind, 0) }
        case .file:
            let size = overrides.size ?? header.size
            if (overrides.name ?? header.name).last == UInt8(ascii: "/") {
                return try passFolder(header, size: size, handler)
            }
            guard size <= limits.fileBytes else {
                throw Refusal(
                    ArchiveCode.tooLarge,
                    EntryName.shown(header.name),
                    at: subject,
                    found: "\(size) bytes"
                )
            }
            try pass(header, size: size, handler)
            state = .content(rest: size, padding: padding(size))
            if size == 0 { try endContent(0, handler) }
        case .hardLink, .symbolicLink, .directory:
            // The size of these is no content in ustar; a reader that believed it would lose its place.
            guard header.size == 0, overrides.size ?? 0 == 0 else {
                throw Refusal(
                    ArchiveCode.tarField,
                    EntryName.shown(header.name),
                    at: subject,
                    expected: "no content",
                    found: "\(header.size) bytes"
                )
            }
            try pass(header, size: 0, handler)
        }
    }

    /// A file whose name ends in a slash: a folder in old tar data, and in newer data now this, now that.
    private mutating func passFolder(_ header: TarHeader, size: UInt64, _ handler: some Handler) throws {
        guard header.isOld, size == 0 else {
            throw Refusal(
                ArchiveCode.tarField,
                EntryName.shown(overrides.name ?? header.name),
                at: subject,
                expected: "a file's name without a slash at its end"
            )
        }
        try pass(header, as: .directory, size: 0, handler)
    }

    private mutating func pass(
        _ header: TarHeader,
        as kind: TarHeader.Kind? = nil,
        size: UInt64,
        _ handler: some Handler
    ) throws {
        try handler.entry(
            kind ?? header.kind,
            name: overrides.name ?? header.name,
            link: overrides.link ?? header.linkName,
            size: size,
            permissions: header.permissions
        )
        overrides = TarOverrides()
    }

    private mutating func takeContent(
        _ rest: inout UnsafeRawBufferPointer,
        _ left: UInt64,
        _ padding: Int,
        _ handler: some Handler
    ) throws {
        let count = Int(min(left, UInt64(rest.count)))
        try handler.content(UnsafeRawBufferPointer(rebasing: rest[..<count]))
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        state = .content(rest: left - UInt64(count), padding: padding)
        if left == UInt64(count) { try endContent(padding, handler) }
    }

    private mutating func endContent(_ padding: Int, _ handler: some Handler) throws {
        try handler.endOfContent()
        state = padding == 0 ? .header : .padding(padding)
    }

    private mutating func collect(
        _ rest: inout UnsafeRawBufferPointer,
        _ kind: TarHeader.Kind,
        _ left: Int,
        _ padding: Int
    ) throws {
        let count = min(left, rest.count)
        collected.append(contentsOf: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        state = .extended(kind, rest: left - count, padding: padding)
        if left == count { try endExtended(kind, padding) }
    }

    private mutating func endExtended(_ kind: TarHeader.Kind, _ padding: Int) throws {
        try overrides.apply(kind, collected, subject: subject)
        state = padding == 0 ? .header : .padding(padding)
    }
}
