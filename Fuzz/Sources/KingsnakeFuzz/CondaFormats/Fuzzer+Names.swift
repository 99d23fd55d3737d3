// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension Fuzzer {
    /// Names, file names, URLs and paths: one text, read as each of them.
    static let names = Fuzzer("names") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try Finding.accepted { try checkName(PackageName(text)) }
        _ = try Finding.accepted { try checkFile(ArchiveFileName(text)) }
        _ = try Finding.accepted { try checkSubdir(Subdir(text)) }
        _ = try Finding.accepted { try checkChannel(ChannelURL(text)) }
        _ = try Finding.accepted { try checkPackage(PackageURL(text)) }
        for base in ["https://user:secret@h.example/t/token/c", "http://h.example", "file:///c/d"] {
            let channel = try ChannelURL(base)
            let location = try Finding.accepted {
                try PackageLocation(channel: channel, subdir: .noarch, baseURL: text)
            }
            if let location { checkLocation(location, channel) }
        }
        if let path = PrefixPath(text) { PlainRules.check(path) }
    }

    private static func checkName(_ name: PackageName) throws {
        Finding.unlessEqual(try PackageName(name.normalized), name, "the lower-case name")
        Finding.unless(PlainRules.isName(name.raw), "`\(name)` is no name")
    }

    private static func checkFile(_ file: ArchiveFileName) throws {
        Finding.unless(PlainRules.isName(file.text), "`\(file)` is no file")
        Finding.unless(
            ByteKey(file.distribution + file.format.suffix) == ByteKey(file.text),
            "`\(file)` has other parts"
        )
        let again = try ArchiveFileName(
            name: file.name,
            version: file.version,
            build: file.build,
            format: file.format
        )
        Finding.unlessEqual(again, file, "the file name of the parts")
    }

    private static func checkSubdir(_ subdir: Subdir) throws {
        Finding.unless(PlainRules.isName(subdir.text), "`\(subdir)` is no folder")
    }

    private static func checkChannel(_ channel: ChannelURL) throws {
        let same = Finding.ifRefused("a channel's URL is refused") {
            try ChannelURL(channel.textWithCredentials)
        }
        Finding.unlessEqual(same.textWithCredentials, channel.textWithCredentials, "the URL of the URL")
        let withoutSecrets = Finding.ifRefused("a channel's identity is refused") {
            try ChannelURL(channel.identity)
        }
        Finding.unlessEqual(withoutSecrets.identity, channel.identity, "the identity of the identity")
        Finding.unlessEqual(withoutSecrets, channel, "the channel of the identity")
        Finding.unless(Self.user(channel.identity) == nil, "credentials in an identity")
        Finding.unless(["***", nil].contains(Self.user(channel.description)), "credentials in `\(channel)`")
        BaseURLRules.check(channel.url(of: "x/../y", in: .noarch), channel)
    }

    /// What stands before the host.
    private static func user(_ url: String) -> String? {
        let authority = url.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[2]
        return authority.lastIndex(of: UInt8(ascii: "@")).flatMap { String(authority[..<$0]) }
    }

    private static func checkPackage(_ package: PackageURL) throws {
        let same = Finding.ifRefused("a package's URL is refused") {
            try PackageURL(package.textWithCredentials)
        }
        Finding.unlessEqual(same, package, "the package of the URL")
        Finding.unlessEqual(same.textWithCredentials, package.textWithCredentials, "the URL of the URL")
        BaseURLRules.check(package.textWithCredentials, package.channel)
    }

    private static func checkLocation(_ location: PackageLocation, _ channel: ChannelURL) {
        guard let file = try? ArchiveFileName("a-1-0.conda") else { return }
        BaseURLRules.check(location.url(of: file), channel)
        let isBelow = (location.folderWithCredentials + "/").utf8.starts(
            with: (channel.textWithCredentials + "/").utf8
        )
        Finding.unlessEqual(location.isInsideChannel, isBelow, "whether it is inside the channel")
        if channel.identity.utf8.starts(with: "file:".utf8) {
            Finding.unless(
                isBelow || !location.folderWithCredentials.utf8.starts(with: "file:".utf8),
                "a folder elsewhere"
            )
        }
    }
}
