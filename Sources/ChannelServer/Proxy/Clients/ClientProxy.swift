// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// The address of a verifying proxy on this machine. That it runs is not checked.
public struct ClientProxy: Sendable, Equatable {
    /// Where `kingsnake proxy` listens unless told otherwise.
    public static let usual = ClientProxy(host: "127.0.0.1", port: usualPort)
    /// The port of it.
    public static let usualPort: UInt16 = 8642

    /// The address, such as `http://127.0.0.1:8642`.
    public let address: String

    init(host: String, port: UInt16) { address = "http://\(host):\(port)" }

    /// Takes the address, with nothing but scheme, host and port (`client.proxy-address`).
    public init(_ text: String) throws {
        let refusal = Refusal(
            ClientSettingsCode.proxyAddress,
            QuotedText.short(text),
            expected: "`http://127.0.0.1:PORT`, `http://localhost:PORT` or `http://[::1]:PORT`"
        )
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let start = "http://\(host):"
            guard text.utf8.starts(with: start.utf8) else { continue }
            var digits = text.utf8.dropFirst(start.utf8.count)
            if digits.last == UInt8(ascii: "/") { digits = digits.dropLast() }
            guard digits.count <= 5, digits.allSatisfy(SettingsByte.isDigit),
                let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
            else { throw refusal }
            self.init(host: host, port: port)
            return
        }
        throw refusal
    }

    /// Where the proxy has all channels below a URL, for clients with mirrors.
    func mirror(of url: MirroredURL) -> String { "\(address)/c/\(url.scheme)/\(url.rest)" }
}

/// The URL of a host or a channel, without credentials, as it is put into paths of the proxy.
struct MirroredURL: Hashable {
    /// `https` or `http`.
    let scheme: String
    /// The host, with its port, and the path; no slash at the end.
    let rest: String

    /// Takes a URL; nil for another scheme, and for what is none.
    init?(_ text: String) {
        guard let identity = (try? ChannelURL(text))?.identity else { return nil }
        for scheme in ["https", "http"] where identity.utf8.starts(with: "\(scheme)://".utf8) {
            self.scheme = scheme
            let rest = String(identity.dropFirst(scheme.count + 3))
            self.rest = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
            return
        }
        return nil
    }

    private init(scheme: String, rest: String) {
        self.scheme = scheme
        self.rest = rest
    }

    /// The URL again.
    var text: String { "\(scheme)://\(rest)" }

    /// The host alone.
    var host: MirroredURL {
        MirroredURL(scheme: scheme, rest: rest.split(separator: "/").first.map(String.init) ?? rest)
    }

    /// The path below the host, without slashes at its ends.
    var path: String { String(rest.dropFirst(host.rest.count + 1)) }
}
