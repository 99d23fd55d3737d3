// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOCore
internal import TrustCore

/// Divides a form (`multipart/form-data`, RFC 7578 and RFC 2046 5.1) into its parts while it arrives.
///
/// It is stricter than the standard: the first boundary comes first, lines end in CR LF, and nothing but a
/// line's end follows a boundary. It holds no more than a part's header fields and a boundary's length.
struct MultipartReader {
    /// What was read.
    enum Event {
        /// A part begins.
        case part(MultipartHead)
        /// Bytes of the part that began last.
        case data(ByteBuffer)
        /// The part that began last ends.
        case partEnd
    }

    private enum State {
        case start
        case afterBoundary
        case head
        case data
        case epilogue
    }

    private let limits: MultipartLimits
    /// CR LF, two hyphens and the boundary.
    private let delimiter: [UInt8]
    private var state = State.start
    private var pending = ByteBuffer()
    /// How far the pending bytes were searched for the end of a head.
    private var searched = 0
    private var parts = 0
    private var epilogue = 0

    /// - Parameter boundary: from the request's `Content-Type`: see ``MultipartHead/boundary(_:)``.
    init(boundary: [UInt8], limits: MultipartLimits = MultipartLimits()) {
        self.limits = limits
        delimiter = Array("\r\n--".utf8) + boundary
    }

    /// Takes bytes as they arrive; answers what they hold.
    ///
    /// - Throws: `upload.form`.
    mutating func read(_ bytes: ByteBuffer) throws -> [Event] {
        pending.discardReadBytes()
        pending.writeImmutableBuffer(bytes)
        var events: [Event] = []
        while try step(&events) {}
        return events
    }

    /// Checks that the form has ended.
    ///
    /// - Throws: `upload.form`.
    func finish() throws {
        guard case .epilogue = state else { throw Self.refusal("an end", found: "none") }
    }

    /// Reads what is next; false if more bytes are needed.
    private mutating func step(_ events: inout [Event]) throws -> Bool {
        switch state {
        case .start: return try readStart()
        case .afterBoundary: return try readAfterBoundary()
        case .head: return try readHead(&events)
        case .data: return readData(&events)
        case .epilogue:
            epilogue += pending.readableBytes
            guard epilogue <= limits.epilogueBytes else {
                throw Self.refusal("an end", found: "more after the last boundary")
            }
            pending.clear()
            return false
        }
    }

    private mutating func readStart() throws -> Bool {
        let first = delimiter.dropFirst(2)
        let view = pending.readableBytesView
        guard view.prefix(first.count).elementsEqual(first.prefix(view.count)) else {
            throw Self.refusal("the boundary first", found: "other bytes")
        }
        guard view.count >= first.count else { return false }
        pending.moveReaderIndex(forwardBy: first.count)
        state = .afterBoundary
        return true
    }

    private mutating func readAfterBoundary() throws -> Bool {
        guard let two = pending.readBytes(length: 2) else { return false }
        switch two {
        case Array("\r\n".utf8):
            parts += 1
            guard parts <= limits.parts else {
                throw Self.refusal("at most \(limits.parts) parts", found: "more")
            }
            searched = 0
            state = .head
        case Array("--".utf8): state = .epilogue
        default: throw Self.refusal("a line's end after the boundary", found: "other bytes")
        }
        return true
    }

    private mutating func readHead(_ events: inout [Event]) throws -> Bool {
        let end = Array("\r\n\r\n".utf8)
        let view = pending.readableBytesView
        let from = view.startIndex + max(0, searched - end.count)
        guard let at = view[from...].firstRange(of: end)?.lowerBound else {
            searched = view.count
            // The end's own bytes may be there already, however the form was cut into pieces.
            guard view.count < limits.headBytes + end.count else { throw tooLong }
            return false
        }
        let length = at - view.startIndex
        guard length <= limits.headBytes else { throw tooLong }
        guard let bytes = pending.readBytes(length: length) else { return false }
        pending.moveReaderIndex(forwardBy: end.count)
        events.append(.part(try MultipartHead(bytes, maximumFields: limits.fields)))
        state = .data
        return true
    }

    private var tooLong: Refusal {
        Self.refusal("at most \(limits.headBytes) bytes of header fields in a part", found: "more")
    }

    /// Hands on what cannot be the beginning of the delimiter.
    private mutating func readData(_ events: inout [Event]) -> Bool {
        let (length, isWhole) = pending.withUnsafeReadableBytes { Self.distance(to: delimiter, in: $0) }
        if length > 0, let data = pending.readSlice(length: length) { events.append(.data(data)) }
        guard isWhole else { return false }
        pending.moveReaderIndex(forwardBy: delimiter.count)
        events.append(.partEnd)
        state = .afterBoundary
        return true
    }

    /// How many bytes come before the delimiter, or before what may be its beginning at the end; and whether
    /// it is there whole.
    private static func distance(to delimiter: [UInt8], in bytes: UnsafeRawBufferPointer) -> (Int, Bool) {
        var from = 0
        while let at = bytes[from...].firstIndex(of: delimiter[0]) {
            let rest = bytes[at...].prefix(delimiter.count)
            if rest.elementsEqual(delimiter.prefix(rest.count)) { return (at, rest.count == delimiter.count) }
            from = at + 1
        }
        return (bytes.count, false)
    }

    static func refusal(_ expected: String, found: String? = nil) -> Refusal {
        Refusal(UploadCode.form, "the form", expected: expected, found: found)
    }
}
