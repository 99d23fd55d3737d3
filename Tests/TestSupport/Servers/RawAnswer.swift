// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// An HTTP/1 answer, read from the bytes that came over a connection.
public struct RawAnswer: Sendable {
    /// The status; 0 if what came is no answer.
    public let status: Int
    /// The fields, with their names in lower case, in the order they came.
    public let fields: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// A field's value; nil if it is not there.
    public subscript(field: String) -> String? { fields.first { $0.name == field }?.value }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// All answers in a connection's bytes, without interim ones (1xx), for which ``interim(in:)`` counts.
    ///
    /// Bodies are as long as `Content-Length` says, chunked, or none; what comes after the last whole answer is an answer
    /// of status 0 with those bytes.
    ///
    /// - Parameter headless: whether the answers are to HEAD, which announce bodies and have none.
    public static func all(in bytes: [UInt8], headless: Bool = false) -> [RawAnswer] {
        var rest = bytes[...]
        var answers: [RawAnswer] = []
        while !rest.isEmpty {
            guard let answer = next(&rest, headless) else {
                answers.append(RawAnswer(status: 0, fields: [], body: Array(rest)))
                break
            }
            if answer.status >= 200 { answers.append(answer) }
        }
        return answers
    }

    /// How many interim answers of a status there are.
    public static func interim(_ status: Int, in bytes: [UInt8]) -> Int {
        String(decoding: bytes, as: UTF8.self).split(
            separator: "HTTP/1.1 \(status) ",
            omittingEmptySubsequences: false
        ).count - 1
    }

    private static func next(_ bytes: inout ArraySlice<UInt8>, _ headless: Bool) -> RawAnswer? {
        guard let end = firstIndex(of: "\r\n\r\n", in: bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        let fields = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            let value = line[colon...].dropFirst().drop { $0 == " " }
            return (name: line[..<colon].lowercased(), value: String(value))
        }
        var rest = bytes[(end + 4)...]
        var body: [UInt8] = []
        let hasBody = status >= 200 && status != 204 && status != 304 && !headless
        if hasBody, fields.contains(where: { $0.name == "transfer-encoding" && $0.value == "chunked" }) {
            guard let chunks = unchunked(&rest) else { return nil }
            body = chunks
        } else if hasBody, let length = fields.first(where: { $0.name == "content-length" }) {
            guard let count = Int(length.value), rest.count >= count else { return nil }
            body = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        bytes = rest
        return RawAnswer(status: status, fields: fields, body: body)
    }

    private static func unchunked(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        var rest = bytes
        var body: [UInt8] = []
        while let end = firstIndex(of: "\r\n", in: rest) {
            guard let count = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16),
                rest[end...].count >= count + 4
            else { return nil }
            rest = rest[(end + 2)...]
            body += rest.prefix(count)
            rest = rest.dropFirst(count + 2)
            if count == 0 {
                bytes = rest
                return body
            }
        }
        return nil
    }

    private static func firstIndex(of text: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let pattern = Array(text.utf8)
        guard bytes.count >= pattern.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - pattern.count)).first {
            bytes[$0..<($0 + pattern.count)].elementsEqual(pattern)
        }
    }
}
