// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import TrustCore

/// Keeps pages of other sites from changing anything here with the key of whoever looks at them.
///
/// A browser that was given a key once sends it with every request for this server, whichever page asks for it. It says
/// which page did (`Origin`, `Sec-Fetch-Site`); programs say neither, and are not affected.
enum RequestOrigin {
    private static let site = HTTPField.Name("Sec-Fetch-Site")
    /// The fields by which a browser says which page asks.
    static let fields: Set<HTTPField.Name> = Set([.origin, site].compactMap(\.self))

    /// Refuses a request that changes something and that another site's page made.
    ///
    /// - Throws: `server.foreign-page`.
    static func check(_ request: Request, publicURL: String) throws {
        switch request.method {
        case .get, .head, .options: return
        default: break
        }
        if let origin = request.headers[.origin], !ByteKey.areEqual(origin, Self.origin(of: publicURL)) {
            throw Refusal(ServerCode.foreignPage, "the request")
        }
        if let site, let asked = request.headers[site], !["same-origin", "none"].contains(asked) {
            throw Refusal(ServerCode.foreignPage, "the request")
        }
    }

    /// Refuses a request that any page but the proxy's own made, though it only reads: the proxy would fetch for it.
    ///
    /// - Throws: `proxy.foreign-page`.
    static func checkReading(_ request: Request) throws {
        let asked = site.flatMap { request.headers[$0] } ?? "none"
        guard request.headers[.origin] == nil, ["same-origin", "none"].contains(asked) else {
            throw Refusal(ProxyCode.foreignPage, "the request")
        }
    }

    /// Scheme, host and port of a URL.
    private static func origin(of url: String) -> String {
        let bytes = Array(url.utf8), mark = Array("://".utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: mark) }.map { $0 + mark.count } ?? 0
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
