// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore

/// A page as a response: with what keeps browsers from doing more with it than showing it, and how long a copy is good.
enum PageResponse {
    /// No script, no frame, no font, nothing from anywhere else; and no word to anybody of where a link was.
    static let safetyFields: HTTPFields = {
        var fields = HTTPFields()
        fields[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'"
        fields[.xContentTypeOptions] = "nosniff"
        let others = [
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Permissions-Policy", "interest-cohort=()"),
        ]
        for (name, value) in others {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()

    /// How long somebody else's copy of a page that everybody sees is good, in seconds.
    static let publicSeconds = 30

    /// The response for a page, as its caller sees it.
    static func response(_ page: Page, _ request: Request, _ caller: Caller, _ site: PageSite) -> Response {
        let bytes = PageFrame(site: site, caller: caller).document(page)
        var fields = safetyFields
        let tag = "\"\(Digest.of(bytes).hex)\""
        // What is shown depends on who asks, and errors on what they take.
        fields[.vary] = "Authorization, X-API-Key, Accept"
        if page.status != .ok || caller.holder != nil || page.isForOne {
            fields[.cacheControl] = page.status == .ok ? "private, no-cache" : "no-store"
        } else {
            fields[.cacheControl] = "public, max-age=\(publicSeconds), must-revalidate"
        }
        if page.status == .unauthorized {
            fields[.wwwAuthenticate] = "Basic realm=\"channels\", charset=\"UTF-8\""
        }
        if page.status == .ok {
            fields[.eTag] = tag
            if isKnown(tag, to: request) { return Response(status: .notModified, headers: fields) }
        }
        fields[.contentType] = "text/html; charset=utf-8"
        return Response(
            status: page.status,
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// To the address that a page really has.
    static func moved(to address: PageAddress) -> Response {
        var fields = safetyFields
        fields[.location] = address.text
        fields[.cacheControl] = "no-store"
        return Response(status: .permanentRedirect, headers: fields)
    }

    /// Whether whoever asks has just this.
    static func isKnown(_ tag: String, to request: Request) -> Bool {
        guard let field = request.headers[.ifNoneMatch], let tags = EntityTags.read(field) else {
            return false
        }
        return tags.contains(tag, weakly: true)
    }

    /// Whether an error is to be a page: for browsers, which say that they take HTML. Clients do not.
    static func takesPages(_ request: Request) -> Bool {
        request.headers[values: .accept].contains { field in
            field.utf8.split(separator: UInt8(ascii: ",")).contains { part in
                let type = part.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 && $0 != 0x09 }
                return type.elementsEqual("text/html".utf8)
            }
        }
    }
}
