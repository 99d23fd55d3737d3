// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import TrustCore

/// Where a file that the proxy is asked for is: a channel, and what of it.
///
/// There is one function that makes the paths by which clients with mirrors reach a channel, ``path(of:)``, and one that
/// reads them; so whatever is made is understood.
public struct ProxyAddress: Sendable {
    /// The channel as it was asked for, with the credentials that came along. Which channel that is (by `http:` also one
    /// whose own address is `https:`) decides ``ProxyChannels``.
    public let channel: ChannelURL
    /// A token that came along in a field; nil if none did.
    var bearer: BearerToken?
    /// What of it is meant.
    public let file: ProxiedFile
    /// Whether it was asked for by a whole URL, `http://HOST/…`, as clients with `http_proxy` do.
    let isForwarded: Bool

    /// Below this, channels are reached by paths.
    static let pathMark = "c"
    /// Below this is what the proxy says of itself.
    static let ownMark = "_kingsnake"

    /// The path by which a channel is reached at the proxy, such as `/c/https/conda.example.org/conda-forge`: for clients
    /// that take mirrors. Credentials are left out: clients show theirs to the mirror.
    ///
    /// - Returns: nil for a channel on this machine's disk, which has no host.
    public static func path(of channel: ChannelURL) -> String? {
        for scheme in ["https", "http"] where channel.identity.hasPrefix(scheme + "://") {
            return "/\(pathMark)/\(scheme)/" + channel.identity.dropFirst(scheme.utf8.count + 3)
        }
        return nil
    }

    /// The host of the channel, with its port if there is one; nil for a channel on a disk.
    var host: String? {
        for scheme in ["https://", "http://"] where channel.identity.hasPrefix(scheme) {
            return String(channel.identity.dropFirst(scheme.utf8.count).prefix { $0 != "/" })
        }
        return nil
    }

    /// What was asked for, without credentials, for logs and answers.
    public var description: String { "\(channel.description)/\(file.name)" }
}
