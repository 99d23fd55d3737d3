// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import TrustCore

@testable import ChannelServer

extension Fuzzer {
    /// Paths of requests, and the secrets in them and beside them.
    static let requestPaths = Fuzzer("request-paths") { bytes in
        let target = String(decoding: bytes, as: UTF8.self)
        if case .parts(let path) = ServedPath.read(target) {
            Finding.unless(!path.parts.isEmpty, "a path without parts")
            for part in path.parts { Finding.unless(PlainRules.isName(part), "`\(part)` is no plain name") }
            let joined = path.parts.joined(separator: "/")
            Finding.unless(PlainRules.staysInside(joined), "`\(joined)` leaves the root")
            let plain = "/" + path.parts.map { PercentEncoding.segment($0) }.joined(separator: "/")
            guard plain.utf8.count <= ServedPath.maximumLength else { return }
            Finding.unless(ServedPath.read(plain) == .parts(path), "`\(plain)` is another path")
        }
        let shown = ServedPath.shown(target)
        Finding.unless(
            shown.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } || shown.isEmpty,
            "a log line breaks"
        )
        checkSecrets(InputParts(bytes).lines(4))
    }

    /// A secret, wherever it stands, is taken out; lines are a path, and values of fields.
    private static func checkSecrets(_ lines: [String]) {
        let secret = "kns_this-is-the-secret"
        func line(_ number: Int) -> String { number < lines.count ? lines[number] : "" }
        guard !lines.contains(where: { $0.utf8.contains(UInt8(ascii: "%")) }) else { return }
        var fields = HTTPFields()
        if let name = HTTPField.Name("X-API-Key") { fields[name] = line(1) + secret }
        fields[.authorization] = line(2) + secret
        var head = HTTPRequest(
            method: .get,
            scheme: "http",
            authority: "localhost",
            path: "/t/\(secret)/\(line(0))",
            headerFields: fields
        )
        guard let (path, credentials) = try? RequestCredentials.take(from: &head) else { return }
        Finding.unless(credentials != nil, "a secret was overlooked")
        for text in [path, head.path ?? ""] + head.headerFields.map({ $0.value }) {
            Finding.unless(!contains(Array(text.utf8), Array(secret.utf8)), "a secret is left in `\(text)`")
        }
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        text.indices.contains { text[$0...].starts(with: part) }
    }

    /// `Range`, conditions and dates: a number for the length, then a line for each field.
    static let requestFields = Fuzzer("request-fields") { bytes in
        var parts = InputParts(bytes)
        let length = UInt64(bitPattern: parts.number())
        let lines = parts.lines(6)
        let now = Timestamp(seconds: 1_800_000_000)
        for line in lines {
            checkRanges(line, length: length)
            checkRanges("bytes=" + line, length: length % 64)
            checkTags(line)
            checkDate(line, now: now)
        }
        var fields = HTTPFields()
        let names: [HTTPField.Name] = [
            .range, .ifRange, .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince,
        ]
        for (name, line) in zip(names, lines) where !line.isEmpty { fields[name] = line }
        let resource = ServedResource(
            blob: Digest.of([]),
            size: length,
            mediaType: "application/zip",
            caching: .seconds(60, isPrivate: false),
            modified: Timestamp(seconds: 1_700_000_000)
        )
        switch ResourceAnswer(resource, .get, fields, now: now) {
        case .part(let range): Finding.unless(!range.isEmpty && range.upperBound <= length, "a part")
        case .parts(let ranges):
            Finding.unless((2...ByteRanges.maximumParts).contains(ranges.count), "\(ranges.count) parts")
        case .whole, .notModified, .preconditionFailed, .unsatisfiable: break
        }
        switch ResourceAnswer(resource, .head, fields, now: now) {
        case .part, .parts, .unsatisfiable: Finding.report("parts for HEAD")
        case .whole, .notModified, .preconditionFailed: break
        }
    }

    private static func checkRanges(_ field: String, length: UInt64) {
        switch ByteRanges.read(field, length: length) {
        case .whole, .unsatisfiable: return
        case .parts(let parts):
            Finding.unless((1...ByteRanges.maximumParts).contains(parts.count), "\(parts.count) parts")
            for part in parts {
                Finding.unless(!part.isEmpty && part.upperBound <= length, "\(part) of \(length) bytes")
            }
            let sorted = parts.sorted { $0.lowerBound < $1.lowerBound }
            for (a, b) in zip(sorted, sorted.dropFirst()) {
                Finding.unless(a.upperBound < b.lowerBound, "\(a) and \(b) touch")
            }
            // In our own words it is the same.
            let text = "bytes=" + parts.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ",")
            Finding.unlessEqual(ByteRanges.read(text, length: length), .parts(parts), "`\(text)`")
        }
    }

    private static func checkTags(_ field: String) {
        guard let tags = EntityTags.read(field) else { return }
        guard case .list(let list) = tags else { return }
        Finding.unless((1...EntityTags.maximumCount).contains(list.count), "\(list.count) tags")
        let text = list.map { ($0.isWeak ? "W/" : "") + String(decoding: $0.quoted, as: UTF8.self) }
            .joined(separator: ", ")
        Finding.unless(EntityTags.read(text) == tags, "the tags `\(text)` are read otherwise")
        for tag in list {
            let quoted = String(decoding: tag.quoted, as: UTF8.self)
            Finding.unless(tags.contains(quoted, weakly: true), "a tag is not among its own")
            Finding.unless(
                tags.contains(quoted, weakly: false)
                    == list.contains { !$0.isWeak && $0.quoted == tag.quoted },
                "a weak tag counts"
            )
        }
    }

    private static func checkDate(_ text: String, now: Timestamp) {
        guard let moment = HTTPDate.read(text, now: now) else { return }
        let written = HTTPDate.text(moment)
        Finding.unlessEqual(HTTPDate.read(written, now: now), moment, "`\(written)`")
    }
}
