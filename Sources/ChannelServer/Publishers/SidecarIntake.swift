// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Sigstore
import TUF
import TrustCore

/// Takes up attestations that somebody put beside the packages in a channel's folder, as `FILE.sigs` (CEP 50).
///
/// It is part of a run that nobody attends: what cannot be taken up is told, and left as it is.
struct SidecarIntake {
    private let directory: String
    /// The indexes that change.
    private(set) var changed: [SubdirContents] = []
    private var publication = Publication()
    private var taken: [ChannelFile] = []
    private var repaired: [String] = []
    private var warnings: [String] = []

    init(directory: String) { self.directory = directory }

    /// Nothing taken up, because of what is said.
    func givenUp(because error: any Error) -> SidecarIntake {
        var none = SidecarIntake(directory: directory)
        let reason =
            switch error {
            case let refusal as Refusal: "\(refusal.code.entry.summary) [\(refusal.codeName)]"
            case let failure as Failure: failure.message
            default: "\(error)"
            }
        none.warnings = ["attestations are not taken up: \(reason)"]
        return none
    }

    /// Adds to a publication what was taken up, if enough keys are there to sign it; answers the indexes that
    /// change.
    func publish(
        with quorum: (present: Int, needed: Int),
        _ publication: inout Publication,
        _ change: inout ChannelChange
    ) -> [SubdirContents] {
        guard changed.isEmpty || quorum.present >= quorum.needed else {
            change.warnings.append(
                "attestations of \(taken.count) package\(taken.count == 1 ? "" : "s") wait for the online key, "
                    + "which is not at hand"
            )
            return []
        }
        publication.add(self.publication)
        change.attested += taken
        change.repaired += repaired
        change.warnings += warnings
        return changed
    }

    /// All sidecars of a subdir, by the packages' file names.
    func all(in subdir: Subdir) throws -> [ArchiveFileName] {
        try Folder.names(in: directory + "/" + subdir.text).compactMap(PackageSidecar.package)
    }

    /// The sidecars of a subdir that the index does not name yet, by the packages' file names.
    ///
    /// A file whose bytes are there under the immutable name, too, was taken up when that was written; so no
    /// index is read where nothing is new.
    func news(in subdir: Subdir) throws -> [ArchiveFileName] {
        let names = try Folder.names(in: directory + "/" + subdir.text)
        let known = Set(names.map { ByteKey($0) })
        return try names.compactMap(PackageSidecar.package).filter { package in
            let path = ChannelLayout.sidecar(of: package, in: subdir)
            guard let digest = try SignedFiles(directory: directory).digest(path) else { return false }
            return !known.contains(ByteKey(PackageSidecar.fileName(of: package, digest)))
        }
    }

    /// Takes up the sidecars of packages.
    ///
    /// - Parameters:
    ///   - contents: what the index of their subdir says.
    ///   - judge: judges by what the owner demands; nil if that is nothing.
    ///   - repairing: whether sidecars that are missing or altered are written again.
    mutating func take(
        _ packages: [ArchiveFileName],
        in contents: SubdirContents,
        by judge: () throws -> PublisherJudge?,
        repairing: Bool
    ) throws {
        let judge = packages.isEmpty ? nil : try judge()
        var new = contents
        var hasChanged = false
        for package in packages where try take(package, &new, judge) { hasChanged = true }
        if repairing { try repair(new) }
        if hasChanged { changed.append(new) }
    }

    /// Takes up a package's sidecar; says whether its record changes.
    private mutating func take(
        _ package: ArchiveFileName,
        _ contents: inout SubdirContents,
        _ judge: PublisherJudge?
    ) throws -> Bool {
        guard let record = contents.records[package] else { return false }
        let file = ChannelFile(subdir: contents.subdir, fileName: package)
        let path = ChannelLayout.sidecar(of: package, in: contents.subdir)
        let sidecar: PackageSidecar
        do {
            let found = try PackageSidecar(at: directory + "/" + path, of: package, sha256: record.sha256)
            guard let found else { return false }
            sidecar = found
        } catch let refusal as Refusal {
            warnings.append("`\(path)` is not taken up: \(refusal.code.entry.summary) [\(refusal.codeName)]")
            return false
        }
        guard record.attestationsSHA256 != sidecar.digest else {
            try writeImmutable(sidecar.bytes, sidecar.digest, file)
            return false
        }
        let attested = try record.attested(by: sidecar.digest)
        if let objection = try judge?.objection(to: file, attested, sidecar.sidecar) {
            let before = try SignedFiles(directory: directory).sidecar(of: file, record)
            // What clients accept now must not be taken from them by a file that somebody exchanged.
            if try judge?.objection(to: file, record, before) == nil {
                warnings.append(
                    "`\(path)` is not taken up, for clients would refuse the package by it: "
                        + "\(objection.reason) [\(objection.code)]"
                )
                return false
            }
            warnings.append("clients refuse `\(file)`: \(objection.reason) [\(objection.code)]")
        }
        contents.insert(attested)
        publication.write(sidecar, of: file)
        taken.append(file)
        return true
    }

    /// Writes the sidecars again that records promise, where one of the two names has not the bytes.
    private mutating func repair(_ contents: SubdirContents) throws {
        for record in contents.records.values.sorted(by: { $0.fileName < $1.fileName }) {
            guard let digest = record.attestationsSHA256 else { continue }
            let file = ChannelFile(subdir: contents.subdir, fileName: record.fileName)
            let newest = ChannelLayout.sidecar(of: file.fileName, in: file.subdir)
            guard !publication.paths.contains(ByteKey(newest)) else { continue }
            guard let sidecar = try SignedFiles(directory: directory).sidecar(of: file, record) else {
                warnings.append("the attestations of `\(file)` are lost: nothing in the folder has \(digest)")
                continue
            }
            try writeImmutable(sidecar.bytes, digest, file)
            if try SignedFiles(directory: directory).digest(newest) == nil {
                publication.write(sidecar.bytes, to: newest, .newestAttestations)
                repaired.append(newest)
            }
        }
    }

    private mutating func writeImmutable(_ bytes: [UInt8], _ digest: Digest, _ file: ChannelFile) throws {
        let path = ChannelLayout.sidecar(of: file.fileName, digest, in: file.subdir)
        guard !publication.paths.contains(ByteKey(path)),
            try SignedFiles(directory: directory).digest(path) != digest
        else { return }
        publication.write(bytes, to: path, .attestations)
        repaired.append(path)
    }
}
