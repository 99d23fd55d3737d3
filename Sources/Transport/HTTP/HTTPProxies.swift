// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Proxies on the way to servers, as an environment names them: `http_proxy`, `https_proxy`, and `no_proxy` for exceptions.
///
/// Each may be in capital letters instead. All are asked for tunnels, for `http:` addresses, too, so that none of them learns
/// more of https than hosts; what they do to the rest is found out where bytes are verified. This machine itself is never
/// asked for through one. Networks in `no_proxy` (`10.0.0.0/8`) are not understood, and match nothing.
public struct HTTPProxies: Sendable {
    /// One of them, by http.
    struct Proxy: Sendable {
        let host: String
        let port: Int
        let credentials: (user: String, password: String)?
    }

    /// Who is asked for tunnels to `http:` addresses; nil for nobody.
    let plain: Proxy?
    /// Who is asked for tunnels to `https:` addresses; nil for nobody.
    let secure: Proxy?
    private let exceptions: [String]

    /// Reads an environment.
    ///
    /// - Parameter ignored: ports of this machine at which no such proxy is: at ours, we would ask ourselves.
    /// - Throws: a `Failure` for an address that is none, or of a proxy by another protocol than http: to ask without it would
    ///   be to go past it.
    public init(environment: [String: String], ignoring ignored: Set<Int> = []) throws {
        func value(_ name: String) -> (name: String, text: String)? {
            [name, name.uppercased()].lazy.compactMap { name in environment[name].map { (name, $0) } }
                .first { !$0.1.isEmpty }
        }
        func proxy(_ name: String) throws -> Proxy? {
            try value(name).flatMap { try Self.proxy($0.text, in: $0.name, ignored) }
        }
        plain = try proxy("http_proxy")
        secure = try proxy("https_proxy")
        exceptions = (value("no_proxy")?.text ?? "").lowercased().split(separator: ",").map { word in
            let word = word.split(separator: " ").joined()
            return String(word.hasPrefix("*.") ? word.dropFirst(2) : word.drop { $0 == "." })
        }
    }

    private static func proxy(_ text: String, in name: String, _ ignored: Set<Int>) throws -> Proxy? {
        let url =
            WebAddress.split(text)?.rest.starts(with: Array("//".utf8)) == true ? text : "http://" + text
        guard let address = WebAddress(url), !address.isSecure, address.userInfo?.isEmpty != true,
            address.userInfo == nil || address.credentials != nil
        else {
            throw Failure(
                .configuration,
                "`\(name)` names no proxy that can be asked",
                at: RedactedURL(url).description,
                remedy: "give it as `http://HOST:PORT`, or unset the variable"
            )
        }
        let (host, port) = divided(address.authority)
        guard !(address.isLoopback && ignored.contains(port ?? 80)) else { return nil }
        return Proxy(host: host, port: port ?? 80, credentials: address.credentials)
    }

    /// Whether a server is asked through a proxy, if there is one for its scheme.
    func isFor(_ address: WebAddress) -> Bool {
        guard !address.isLoopback else { return false }
        let (host, port) = Self.divided(address.authority)
        let name = Array(host.utf8)
        return !exceptions.contains { exception in
            let (end, wanted) = Self.divided(exception)
            guard wanted == nil || wanted == port ?? (address.isSecure ? 443 : 80) else { return false }
            return exception == "*" || name.elementsEqual(end.utf8)
                || (!end.isEmpty && name.suffix(end.utf8.count + 1).elementsEqual(("." + end).utf8))
        }
    }

    /// Host, without brackets, and port.
    private static func divided(_ authority: String) -> (host: String, port: Int?) {
        let bytes = Array(authority.utf8)
        let end = bytes.lastIndex(of: 0x5D)
        let colons = bytes[(end ?? 0)...].indices.filter { bytes[$0] == 0x3A }
        // What has several colons and no brackets is an address of IPv6 alone.
        let colon = colons.count == 1 ? colons[0] : bytes.count
        let host = bytes[..<colon].filter { $0 != 0x5B && $0 != 0x5D }
        let port = colon < bytes.count ? Int(String(decoding: bytes[(colon + 1)...], as: UTF8.self)) : nil
        return (String(decoding: host, as: UTF8.self), port)
    }
}
