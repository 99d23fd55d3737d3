// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import NIOCore
import TrustCore

@testable import ChannelServer

extension Fuzzer {
    /// Forms, cut into pieces in any way: what they hold does not depend on it.
    ///
    /// The first byte says how they are cut, the first line after it what the boundary is.
    static let forms = Fuzzer("forms") { bytes in
        var parts = InputParts(bytes)
        let cut = Int(parts.byte() % 16) + 1
        let line = parts.part(endingAt: 0x0A)
        _ = try Finding.accepted { try MultipartHead.boundary(String(decoding: line, as: UTF8.self)) }
        let boundary = (1...70).contains(line.count) ? line : Array("b".utf8)
        let form = parts.remainder
        let whole = try ReadForm(form, boundary) { $0.count }
        let cutting: [(String, (ArraySlice<UInt8>) -> Int)] = [
            ("a byte at a time", { _ in 1 }),
            ("\(cut) bytes at a time", { _ in cut }),
            // As unevenly as the bytes are.
            ("as its own bytes say", { Int($0.first ?? 0) % (2 * cut) + 1 }),
        ]
        for (name, next) in cutting {
            let other = try ReadForm(form, boundary, next)
            Finding.unless(whole == other, "the form is read otherwise \(name): \(whole) and \(other)")
        }
        guard whole.isWhole else { return }
        let again = try ReadForm(whole.written(boundary), boundary) { $0.count }
        Finding.unless(again == whole, "the form that was written is read otherwise: \(whole) and \(again)")
    }
}

/// What a form holds, however it arrived.
private struct ReadForm: Equatable, CustomStringConvertible {
    struct Part: Equatable {
        let name: String
        let fileName: String?
        var content: [UInt8] = []
        var hasEnded = false
    }

    private(set) var parts: [Part] = []
    private(set) var refusal: String?

    var isWhole: Bool { refusal == nil }

    init(_ form: [UInt8], _ boundary: [UInt8], _ next: (ArraySlice<UInt8>) -> Int) throws {
        var limits = MultipartLimits()
        // Small ones, which inputs of this size can reach.
        limits.parts = 4
        limits.headBytes = 128
        limits.fields = 4
        limits.epilogueBytes = 16
        var reader = MultipartReader(boundary: boundary, limits: limits)
        var rest = form[...]
        do {
            while !rest.isEmpty {
                let piece = rest.prefix(max(1, next(rest)))
                rest = rest.dropFirst(piece.count)
                for event in try reader.read(ByteBuffer(bytes: piece)) { take(event) }
            }
            try reader.finish()
            Finding.unless(parts.allSatisfy(\.hasEnded), "a form ended whose part did not")
        } catch let refusal as Refusal {
            // What was handed on before is thrown away then.
            parts = []
            self.refusal = refusal.description
        }
        Finding.unless(parts.reduce(0) { $0 + $1.content.count } <= form.count, "more content than bytes")
    }

    private mutating func take(_ event: MultipartReader.Event) {
        switch event {
        case .part(let head):
            Finding.unless(parts.last?.hasEnded ?? true, "a part begins within another")
            parts.append(Part(name: head.name, fileName: head.fileName))
        case .data(let data):
            guard let last = parts.indices.last, !parts[last].hasEnded else {
                Finding.report("content of no part")
            }
            Finding.unless(data.readableBytes > 0, "content without a byte")
            parts[last].content += data.readableBytesView
        case .partEnd:
            guard let last = parts.indices.last, !parts[last].hasEnded else {
                Finding.report("the end of no part")
            }
            parts[last].hasEnded = true
        }
    }

    /// The same form in our own words.
    func written(_ boundary: [UInt8]) -> [UInt8] {
        func quoted(_ text: String) -> [UInt8] {
            text.utf8.flatMap { byte in
                byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                    ? [UInt8(ascii: "\\"), byte] : [byte]
            }
        }
        var out: [UInt8] = []
        for part in parts {
            out += Array("--".utf8) + boundary
            out += Array("\r\nContent-Disposition: form-data; name=\"".utf8) + quoted(part.name)
            if let name = part.fileName { out += Array("\"; filename=\"".utf8) + quoted(name) }
            out += Array("\"\r\n\r\n".utf8) + part.content + Array("\r\n".utf8)
        }
        return out + Array("--".utf8) + boundary + Array("--".utf8)
    }

    var description: String {
        refusal ?? parts.map { "\($0.name) of \($0.content.count) bytes" }.joined(separator: ", ")
    }
}
