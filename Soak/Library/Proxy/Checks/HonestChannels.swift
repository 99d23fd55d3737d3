// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Crypto
internal import Foundation

/// What channels behind a proxy really published, version by version: whatever came through the proxy is compared with it.
public struct HonestChannels: Sendable {
    /// The digests of the files of one subdir, by their names.
    public typealias Listing = [String: String]

    private var files: [HostedName: [UInt8]] = [:]
    private var channels: [String: [[String: Listing]]] = [:]

    /// Nothing was published.
    public init() {}

    /// Notes a version, the next one of its channel.
    ///
    /// - Parameters:
    ///   - subdirs: all files that it lists, by subdir and name.
    /// - Returns: its number, from 1.
    @discardableResult
    public mutating func publish(_ channel: String, _ subdirs: [String: [String: [UInt8]]]) -> Int {
        var version: [String: Listing] = [:]
        for (subdir, files) in subdirs {
            for (file, bytes) in files {
                self.files[HostedName(channel, subdir, file)] = bytes
                version[subdir, default: [:]][file] = Self.digest(bytes[...])
            }
        }
        channels[channel, default: []].append(version)
        return newest(channel)
    }

    /// The number of the newest version; 0 for none.
    public func newest(_ channel: String) -> Int { channels[channel]?.count ?? 0 }

    /// What a version lists in a subdir.
    public func listing(_ channel: String, _ number: Int, _ subdir: String) -> Listing {
        guard let versions = channels[channel], versions.indices.contains(number - 1) else { return [:] }
        return versions[number - 1][subdir] ?? [:]
    }

    /// The bytes that ever were published under a name.
    public func bytes(of name: HostedName) -> [UInt8]? { files[name] }

    /// Whether all versions from one on list a file.
    public func isListed(_ name: HostedName, from number: Int) -> Bool {
        let newest = newest(name.channel)
        guard (1...max(1, newest)).contains(number) else { return false }
        return (number...newest).allSatisfy { listing(name.channel, $0, name.subdir)[name.file] != nil }
    }

    /// Which versions an index may be of.
    func versions(that fit: IndexReading) -> [Int] {
        (1...max(1, newest(fit.channel))).filter { number in
            let listing = listing(fit.channel, number, fit.subdir)
            switch fit.scope {
            case .whole: return fit.records == listing
            case .part:
                let newest = Set(
                    Dictionary(grouping: listing.keys, by: Self.package).values.compactMap(Self.newest)
                )
                return fit.records == listing.filter { newest.contains($0.key) }
            case .packages(let all, let read):
                guard all == Set(listing.keys.map(Self.package)) else { return false }
                return fit.records == listing.filter { read.contains(Self.package($0.key)) }
            }
        }
    }

    /// The file with the highest version; versions are numbers here.
    private static func newest(_ files: [String]) -> String? {
        files.max { version($0) < version($1) }
    }

    private static func version(_ file: String) -> Int {
        file.split(separator: "-").dropLast().last.flatMap { Int($0) } ?? 0
    }

    /// The name in a file name: all before the last two hyphens.
    public static func package(_ file: String) -> String {
        file.split(separator: "-").dropLast(2).joined(separator: "-")
    }

    /// SHA-256 as text.
    public static func digest(_ bytes: ArraySlice<UInt8>) -> String {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().map { String(UInt16($0) + 0x100, radix: 16).suffix(2) }.joined()
    }
}
