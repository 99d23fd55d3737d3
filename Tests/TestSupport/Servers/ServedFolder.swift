// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TrustCore

/// Answers GET and HEAD from a folder as a good static server does: validators, conditional requests, single
/// ranges.
/// Nothing outside the folder, no hidden links to follow, no folder listings.
struct ServedFolder: Sendable {
    let root: String

    func response(to request: LoopbackRequest) -> ServedResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            var refused = ServedResponse.text(405, "method not allowed")
            refused.headers.append(("Allow", "GET, HEAD"))
            return refused
        }
        guard let names = Self.names(in: request.path) else { return .text(400, "bad request") }
        guard let file = ServedFile(root: root, names: names), let body = file.contents() else {
            return .text(404, "not found")
        }
        let headers = [
            ("Content-Type", Self.contentType(names.last ?? "")),
            ("Cache-Control", Self.cacheControl(names)),
            ("ETag", file.tag),
            ("Last-Modified", file.modified),
            ("Accept-Ranges", "bytes"),
        ]
        if Self.isUnchanged(file, request) { return ServedResponse(status: 304, headers: headers) }
        return Self.ranged(body, headers, file, request)
    }

    /// The decoded segments of a path; nil if one of them could mean another folder.
    private static func names(in path: String) -> [String]? {
        guard path.utf8.first == 0x2F else { return nil }
        var names: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let name = PercentEncoding.decode(segment), !name.isEmpty, name != ".", name != "..",
                !name.utf8.contains(where: { $0 == 0x2F || $0 == 0x5C || $0 == 0 })
            else { return nil }
            names.append(name)
        }
        return names
    }

    private static func isUnchanged(_ file: ServedFile, _ request: LoopbackRequest) -> Bool {
        if let tags = request.header("If-None-Match") {
            return tags.split(separator: ",").contains { tag in
                let tag = tag.filter { $0 != " " }
                return tag == "*" || tag == file.tag || tag == "W/" + file.tag
            }
        }
        return request.header("If-Modified-Since") == file.modified
    }

    private static func ranged(
        _ body: Data,
        _ headers: [(String, String)],
        _ file: ServedFile,
        _ request: LoopbackRequest
    ) -> ServedResponse {
        let condition = request.header("If-Range")
        guard let range = request.header("Range"),
            condition == nil || condition == file.tag || condition == file.modified
        else { return ServedResponse(status: 200, headers: headers, body: body) }
        switch ByteRange.read(range, length: body.count) {
        case .whole: return ServedResponse(status: 200, headers: headers, body: body)
        case .unsatisfiable:
            return ServedResponse(
                status: 416,
                headers: headers + [("Content-Range", "bytes */\(body.count)")]
            )
        case .part(let part):
            let content = ("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(body.count)")
            let start = body.startIndex
            return ServedResponse(
                status: 206,
                headers: headers + [content],
                body: body[(start + part.lowerBound)..<(start + part.upperBound)]
            )
        }
    }

    private static func contentType(_ name: String) -> String {
        if name.hasSuffix(".json") { return "application/json" }
        if name.hasSuffix(".html") { return "text/html; charset=utf-8" }
        return "application/octet-stream"
    }

    /// Clients guess freshness where it is not said: packages and shards never change, everything else may.
    private static func cacheControl(_ names: [String]) -> String {
        let name = names.last ?? ""
        let isFixed =
            name.hasSuffix(".conda") || name.hasSuffix(".tar.bz2") || names.dropLast().last == "shards"
        return isFixed ? "public, max-age=31536000, immutable" : "no-cache"
    }
}
