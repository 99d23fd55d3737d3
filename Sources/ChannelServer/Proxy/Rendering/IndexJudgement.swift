// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import ContentTrust
internal import Gatekeeper
internal import TrustCore
internal import TrustPolicy

/// Finds out which files of an index may not be listed: those that the policy refuses, and those whose record is not
/// as it should be, since no client gets such a package.
struct IndexJudgement: Sendable {
    /// The rule that malformed records break.
    static let formRule = "well-formed-record"
    /// The name of the list of packages of which nothing is hidden.
    static let cleanName = "clean"

    let text: IndexText
    let judge: any ListingJudge
    /// The moment that it is made for.
    let now: Timestamp

    /// Whether a package of which nothing changed comes out as before.
    private var isLasting: Bool { !judge.dependsOnTime && !judge.needsFirstSeen }

    /// Judges all records, and writes what is hidden, and of which packages nothing is, into a folder.
    ///
    /// - Parameter known: digests of packages of which nothing was hidden in earlier texts, under the same policy.
    func make(_ index: RepodataFile, known: Set<Digest>, in folder: RenderingFolder) async throws
        -> HiddenFiles
    {
        let groups = PackageGroups(index)
        var hidden = groups.unnamed.map { position, refusal in
            (position: position, text: HiddenFiles.text([Self.finding(refusal)]))
        }
        var clean: [UInt8] = []
        let salt = RenderingPlace.digest([
            RenderingPlace.version, text.channel.identity, text.subdir.text, judge.fingerprint.hex,
            text.changed.fingerprint.hex,
        ])
        let work = OrderedWork<PackageGroups.Group, Judged> { groups in
            try groups.map { try judged($0, index, salt, known) }
        }
        try await work.run(groups.groups) { judged in
            for group in judged {
                hidden += group.hidden
                if group.hidden.isEmpty { clean += group.digest.bytes }
            }
        }
        hidden.sort { $0.position < $1.position }
        if isLasting {
            let draft = try folder.begin(Self.cleanName)
            try draft.write(clean)
            _ = try draft.finish()
        }
        let draft = try folder.begin(HiddenFiles.fileName)
        try HiddenFiles.write(hidden, of: index, to: draft)
        return try HiddenFiles(draft.finish())
    }

    /// Reads which packages of earlier texts nothing was hidden of.
    func known(in folders: [RenderingFolder]) throws -> Set<Digest> {
        guard isLasting, let folder = folders.first, let file = try folder.find(Self.cleanName) else {
            return []
        }
        let (bytes, width) = (try file.read(0..<Int(file.length)), DigestAlgorithm.sha256.byteCount)
        return Set(
            stride(from: 0, to: bytes.count - width + 1, by: width)
                .compactMap { Digest(.sha256, bytes: bytes[$0..<$0 + width]) }
        )
    }

    private struct Judged: Sendable {
        let digest: Digest
        var hidden: [(position: Int, text: [UInt8])] = []
    }

    private func judged(
        _ group: PackageGroups.Group,
        _ index: RepodataFile,
        _ salt: Digest,
        _ known: Set<Digest>
    ) throws -> Judged {
        let records = try index.records(at: group.positions, withSignatures: false)
        var judged = Judged(digest: group.digest(of: records, salt: salt))
        guard !known.contains(judged.digest) else { return judged }
        for stored in records {
            let findings = findings(on: stored, index)
            if !findings.isEmpty { judged.hidden.append((stored.position, HiddenFiles.text(findings))) }
        }
        return judged
    }

    private func findings(on stored: StoredRecord, _ index: RepodataFile) -> [Finding] {
        do {
            let record = try stored.read(in: index)
            try record.checkShardForm()
            let changed = text.changed.finding(on: record.fileName)
            return [changed].compactMap(\.self) + judge.findings(on: listed(record), now: now)
        } catch let refusal as Refusal {
            return [Self.finding(refusal)]
        } catch {
            return [Finding(Self.formRule, .refused, "the record cannot be read")]
        }
    }

    private func listed(_ record: PackageRecord) -> TrustPolicy.ListedFile {
        var file = TrustPolicy.ListedFile(
            channel: text.channel.identity,
            subdir: text.subdir.text,
            fileName: record.fileName.text,
            name: record.name.normalized,
            version: record.version
        )
        file.sha256 = record.sha256
        file.md5 = record.md5
        file.size = record.size
        file.indexed = text.isSigned ? record.indexedAt : nil
        file.built = record.builtAt
        if judge.needsFirstSeen { file.firstSeen = text.knownSince(record) }
        return file
    }

    private static func finding(_ refusal: Refusal) -> Finding {
        Finding(formRule, .refused, "its record in the index is malformed: \(refusal)")
    }
}
