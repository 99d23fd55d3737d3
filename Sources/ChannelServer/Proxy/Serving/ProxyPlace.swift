// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats

/// Where a proxy is, and by which names it has channels: what it needs to tell requests for itself from others.
public struct ProxyPlace: Sendable {
    /// The address it listens on.
    public var host: String
    /// The port it listens on.
    public var port: Int
    /// Names under which others reach it, in lower case, without port.
    public var hostNames: Set<String>
    /// Channels by the names of their own that they have here.
    public var names: [String: ChannelURL]

    /// Makes a place.
    public init(host: String, port: Int, hostNames: Set<String> = [], names: [String: ChannelURL] = [:]) {
        self.host = host
        self.port = port
        self.hostNames = hostNames
        self.names = names
    }

    /// Whether a host and port, in lower case, mean this proxy.
    ///
    /// Another name of this machine is not recognised; then the hop that each request leaves in `Via` ends the loop.
    func isSelf(_ authority: String) -> Bool {
        let (name, port) = Self.divided(authority)
        guard (port ?? 80) == self.port else { return false }
        return name == host.lowercased() || hostNames.contains(name) || Self.isThisMachine(name)
    }

    /// Whether a request for a path, by this `Host`, is meant for this proxy: by an address, which no stranger's name can
    /// stand for, or by one of its names.
    func answers(to field: String) -> Bool {
        let (name, _) = Self.divided(field.lowercased())
        return name == host.lowercased() || hostNames.contains(name) || Self.isThisMachine(name)
            || Self.isAddress(name)
    }

    /// Whether a host is this machine by its very form.
    static func isThisMachine(_ name: String) -> Bool {
        if ["localhost", "::1", "0.0.0.0", "::", ""].contains(name) || name.hasSuffix(".localhost") {
            return true
        }
        return name.hasPrefix("127.") && isAddress(name)
    }

    /// Whether a host is an IP address: digits and dots, or with colons.
    static func isAddress(_ name: String) -> Bool {
        if name.utf8.contains(UInt8(ascii: ":")) { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Host and port of an authority; brackets are taken off.
    static func divided(_ authority: String) -> (name: String, port: Int?) {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let name = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            return (String(name), rest.hasPrefix(":") ? Int(rest.dropFirst()) : nil)
        }
        guard let colon = authority.lastIndex(of: ":") else { return (authority, nil) }
        return (String(authority[..<colon]), Int(authority[authority.index(after: colon)...]))
    }
}
