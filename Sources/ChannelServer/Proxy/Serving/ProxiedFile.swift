// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// What of a channel is asked for, by the end of a path. That the channel has it is not said.
public enum ProxiedFile: Sendable, Hashable {
    /// An index of a subdir.
    case index(IndexForm, Subdir)
    /// A shard of a subdir's index, by the SHA-256 that is its name.
    case shard(Digest, Subdir)
    /// A package.
    case package(ArchiveFileName, Subdir)
    /// A package's attestations, by their digest (CEP 50).
    case sidecar(ArchiveFileName, Digest, Subdir)
    /// What the channel's owner tells its users.
    case notices
    /// A file that channels have and that no index promises: it is not passed on.
    case unverified(String)

    /// What the log and answers call it.
    public var name: String {
        switch self {
        case .index(let form, let subdir): "\(subdir)/\(form.rawValue)"
        case .shard(let digest, let subdir): "\(subdir)/shards/\(digest.hex)\(Self.shardSuffix)"
        case .package(let file, let subdir): "\(subdir)/\(file)"
        case .sidecar(let file, let digest, let subdir): "\(subdir)/\(file)\(Self.sidecarMark)\(digest.hex)"
        case .notices: Self.noticesName
        case .unverified(let name): name
        }
    }

    /// Divides a path into the channel's part and what of the channel is meant; nil if it is no file of a channel.
    ///
    /// - Parameter parts: the path's parts, decoded.
    static func split(_ parts: [String]) -> (channel: [String], file: ProxiedFile)? {
        guard let last = parts.last else { return nil }
        if parts.count >= 3, parts[parts.count - 2] == "shards",
            let subdir = try? Subdir(parts[parts.count - 3]), let digest = shardDigest(last)
        {
            return (parts.dropLast(3), .shard(digest, subdir))
        }
        if parts.count >= 2, let subdir = try? Subdir(parts[parts.count - 2]), let file = file(last, subdir) {
            return (parts.dropLast(2), file)
        }
        if last == noticesName { return (parts.dropLast(), .notices) }
        return isChannelData(last) ? (parts.dropLast(), .unverified(last)) : nil
    }

    private static let noticesName = "notices.json"
    private static let shardSuffix = ".msgpack.zst"
    private static let sidecarMark = ".sigs."
    /// What else may stand in a subdir, without the endings of compressed forms.
    private static let unverifiedNames: Set<String> = [
        "repodata.json", "current_repodata.json", "repodata_from_packages.json", "run_exports.json",
        "patch_instructions.json", "repodata.jlap", "repodata.json.jlap", "repodata_record.json",
    ]

    private static func file(_ name: String, _ subdir: Subdir) -> ProxiedFile? {
        if let form = IndexForm(rawValue: name) { return .index(form, subdir) }
        if let digest = shardDigest(name) { return .shard(digest, subdir) }
        if let file = try? ArchiveFileName(name) { return .package(file, subdir) }
        if let sidecar = sidecar(name, subdir) { return sidecar }
        return unverifiedNames.contains(uncompressed(name)) ? .unverified("\(subdir)/\(name)") : nil
    }

    /// `NAME.conda.sigs.DIGEST`; without a digest, or in earlier spellings, nothing promises it.
    private static func sidecar(_ name: String, _ subdir: Subdir) -> ProxiedFile? {
        let bytes = Array(name.utf8), mark = Array(sidecarMark.utf8)
        if bytes.count > mark.count + 64 {
            let end = bytes.count - 64
            if bytes[(end - mark.count)..<end].elementsEqual(mark),
                let digest = digest(String(decoding: bytes[end...], as: UTF8.self)),
                let file = try? ArchiveFileName(String(decoding: bytes[..<(end - mark.count)], as: UTF8.self))
            {
                return .sidecar(file, digest, subdir)
            }
        }
        for ending in [".v0.sigs", ".sigs"] where name.hasSuffix(ending) {
            guard (try? ArchiveFileName(name.dropLast(ending.utf8.count))) != nil else { continue }
            return .unverified("\(subdir)/\(name)")
        }
        return nil
    }

    private static func shardDigest(_ name: String) -> Digest? {
        guard name.utf8.count == 64 + shardSuffix.utf8.count, name.hasSuffix(shardSuffix) else { return nil }
        return digest(String(name.dropLast(shardSuffix.utf8.count)))
    }

    /// 64 digits in lower case: one name for one file.
    private static func digest(_ hex: String) -> Digest? {
        guard let digest = Digest(.sha256, hex: hex), digest.hex == hex else { return nil }
        return digest
    }

    private static func isChannelData(_ name: String) -> Bool { uncompressed(name) == "channeldata.json" }

    private static func uncompressed(_ name: String) -> String {
        for ending in [".zst", ".bz2", ".gz"] where name.hasSuffix(ending) {
            return String(name.dropLast(ending.utf8.count))
        }
        return name
    }
}
