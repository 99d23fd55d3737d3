// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What one trial is called: nobody who was not told can name it.
public struct TrialID: Sendable, Hashable {
    /// How many random bytes it is made of.
    public static let length = 16

    /// 32 digits, as they stand in URLs.
    public let text: String

    /// Makes one of random bytes.
    public init(_ random: (Int) -> [UInt8]) { text = Hex.encode(random(Self.length)) }

    /// Reads one; nil for what is none.
    init?(_ text: String) {
        guard text.utf8.count == 2 * Self.length, let bytes = Hex.decode(text), Hex.encode(bytes) == text
        else { return nil }
        self.text = text
    }

    /// The host of its channels. `.invalid` is nobody's (RFC 6761 6.4), so that a client that does not ask the proxy finds nothing.
    public var host: String { "\(text).\(Self.host)" }

    /// The channel of a case.
    ///
    /// - Parameter scheme: `http`, by which clients ask, or `https`, which the channel is known by.
    public func channel(_ trialCase: TrialCase, scheme: String = "http") -> String {
        "\(scheme)://\(host)/\(trialCase.rawValue)"
    }

    /// The end of all hosts of trials.
    static let host = "doctor.kingsnake.invalid"

    /// Reads the host of a trial, with or without a port; nil for others.
    init?(host: String) {
        let (name, _) = ProxyPlace.divided(host.lowercased())
        guard name.hasSuffix("." + Self.host) else { return nil }
        self.init(String(name.dropLast(Self.host.utf8.count + 1)))
    }

    /// Whether a host, with or without a port, is one that only trials have.
    static func isReserved(_ host: String) -> Bool {
        let (name, _) = ProxyPlace.divided(host.lowercased())
        return name == Self.host || name.hasSuffix("." + Self.host)
    }
}
