// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where a package stands in a channel: `CHANNEL/SUBDIR/FILE`.
///
/// That the channel's index has such a package is not said here.
public struct PackageURL: Hashable, Sendable {
    /// The channel.
    public let channel: ChannelURL
    /// The channel's subdirectory.
    public let subdir: Subdir
    /// The package's file name, without percent-encoding.
    public let fileName: ArchiveFileName

    /// Takes a URL without a fragment (`name.package-url`, or the code of the part that is wrong).
    public init(_ text: some StringProtocol) throws {
        var url = try AbsoluteURL(String(text), NameCode.packageURL)
        guard url.path.count >= 2, let file = url.path.last.flatMap({ PercentEncoding.decode($0) }) else {
            throw Refusal(NameCode.packageURL, url.text(.redacted), expected: "CHANNEL/SUBDIR/FILE")
        }
        do {
            fileName = try ArchiveFileName(file)
            subdir = try Subdir(url.path[url.path.count - 2])
        } catch let refusal as Refusal {
            throw refusal.located(at: url.text(.redacted))
        }
        url.dropLast(2)
        channel = try ChannelURL(url.text(.withCredentials))
    }

    /// Makes the URL of a channel's package.
    public init(channel: ChannelURL, subdir: Subdir, fileName: ArchiveFileName) {
        self.channel = channel
        self.subdir = subdir
        self.fileName = fileName
    }

    /// The URL to fetch from, credentials included: never for messages.
    public var textWithCredentials: String { channel.url(of: fileName.text, in: subdir) }
    /// The URL without credentials.
    public var identity: String {
        "\(channel.identity)/\(subdir.text)/\(PercentEncoding.segment(fileName.text))"
    }
}

extension PackageURL: CustomStringConvertible {
    /// The URL for messages, with `***` in place of credentials.
    public var description: String { "\(channel.description)/\(subdir.text)/\(fileName.text)" }
}
