// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a ``MatchSpec`` is compared with: the fields of a package record that it can name.
///
/// A field that is nil is not known; a condition on it does not hold.
public struct MatchCandidate: Sendable {
    /// The package's name.
    public var name: PackageName
    /// The version.
    public var version: CondaVersion
    /// The build.
    public var build: String
    /// The build number.
    public var buildNumber: UInt64?
    /// The channel's subdirectory.
    public var subdir: Subdir?
    /// The channel.
    public var channel: ChannelURL?
    /// The archive's file name.
    public var fileName: ArchiveFileName?
    /// The archive's MD5.
    public var md5: Digest?
    /// The archive's SHA-256.
    public var sha256: Digest?

    /// Makes a candidate.
    public init(
        name: PackageName,
        version: CondaVersion,
        build: String,
        buildNumber: UInt64? = nil,
        subdir: Subdir? = nil,
        channel: ChannelURL? = nil,
        fileName: ArchiveFileName? = nil,
        md5: Digest? = nil,
        sha256: Digest? = nil
    ) {
        self.name = name
        self.version = version
        self.build = build
        self.buildNumber = buildNumber
        self.subdir = subdir
        self.channel = channel
        self.fileName = fileName
        self.md5 = md5
        self.sha256 = sha256
    }

    /// Makes a candidate of what a file name says (`version.invalid`); the build number is not in it.
    public init(_ fileName: ArchiveFileName, subdir: Subdir? = nil, channel: ChannelURL? = nil) throws {
        self.init(
            name: fileName.name,
            version: try CondaVersion(fileName.version),
            build: fileName.build,
            subdir: subdir,
            channel: channel,
            fileName: fileName
        )
    }

    /// The URL, if channel, subdirectory and file name are known.
    public var url: PackageURL? {
        guard let channel, let subdir, let fileName else { return nil }
        return PackageURL(channel: channel, subdir: subdir, fileName: fileName)
    }
}
