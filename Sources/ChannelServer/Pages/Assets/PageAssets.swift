// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore

/// The files that pages load: a stylesheet and an icon. Each is named by its SHA-256, and so never changes.
struct PageAsset: Sendable {
    let bytes: [UInt8]
    let mediaType: String
    let fileName: String

    private init(_ text: String, _ mediaType: String, _ ending: String) {
        bytes = Array(text.utf8)
        self.mediaType = mediaType
        fileName = Digest.of(bytes).hex + ending
    }

    static let stylesheet = PageAsset(Stylesheet.text, "text/css; charset=utf-8", ".css")
    static let icon = PageAsset(Stylesheet.icon, "image/svg+xml", ".svg")
    private static let all = [stylesheet, icon]

    /// Where it is.
    var address: PageAddress { PageAddress(["assets", fileName]) }

    /// The asset of a name.
    static func named(_ name: String) -> PageAsset? { all.first { ByteKey.areEqual($0.fileName, name) } }

    /// The answer to a request for it.
    func response(to request: Request) -> Response {
        var fields = PageResponse.safetyFields
        fields[.cacheControl] = "public, max-age=31536000, immutable"
        let tag = "\"\(Digest.of(bytes).hex)\""
        fields[.eTag] = tag
        if PageResponse.isKnown(tag, to: request) { return Response(status: .notModified, headers: fields) }
        fields[.contentType] = mediaType
        return Response(
            status: .ok,
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
