// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import DurableFiles
internal import NIOCore
internal import Sigstore
internal import Transport
internal import TrustCore

/// Reads the packages of one subdir that is imported: fetches each, compares it with what the index promises, and
/// inspects it. Many can be read at once.
struct ImportedPackages: Sendable {
    private let work: ChannelImport
    private let intake: PackageIntake
    private let channel: HostedChannel
    private let place: PackageLocation
    /// Whether a root vouches for the index. What is not in it is then vouched for by nobody.
    private let isVouched: Bool

    init(_ work: ChannelImport, _ channel: HostedChannel, _ place: PackageLocation, isVouched: Bool) {
        self.work = work
        self.channel = channel
        self.place = place
        self.isVouched = isVouched
        intake = PackageIntake(work.target.parts, work.target.uploads)
    }

    /// What became of a package.
    enum Answer: Sendable {
        /// The channel has it, with these attestations.
        case known
        /// It was removed, and is not there any more.
        case gone
        /// It would be fetched, in a dry run.
        case wanted
        /// It can be taken in; maybe without attestations that it had.
        case package(PlannedIntake, isStripped: Bool)
        case problem(any Error)

        var isFailure: Bool {
            if case .problem(let error) = self { return error is Failure }
            return false
        }
    }

    /// Reads one.
    ///
    /// - Throws: a `Failure` that every other package would meet too: of this machine's disk, or of who stopped the work.
    func read(_ file: ListedFile) async throws -> Answer {
        do { return try await answer(file) } catch let refusal as Refusal {
            return .problem(refusal)
        } catch let failure as Failure where failure.kind == .network {
            return .problem(failure)
        }
    }

    private func answer(_ file: ListedFile) async throws -> Answer {
        let id = channel.id
        let known = try await parts.database.read {
            try $0.file(file.fileName, in: file.subdir, of: id)
        }
        guard let promise = file.promise else { return try await removed(file, known) }
        if let known { return try await comparison(file, promise, known) }
        guard promise.sha256 != nil || promise.md5 != nil else {
            throw Refusal(ImportCode.undigested, file.name)
        }
        if work.options.isDryRun { return .wanted }
        return try await fetched(file, promise)
    }

    private var parts: ServerParts { work.target.parts }

    /// A file that is out of the old index: if its bytes are there, they can still be downloaded. Where a root vouches
    /// for the index, nobody vouches for them.
    private func removed(_ file: ListedFile, _ known: HostedFile?) async throws -> Answer {
        if known != nil { return .known }
        guard !isVouched, !work.options.isDryRun else { return .gone }
        do { return try await fetched(file, nil) } catch let refusal as Refusal
            where refusal.is(ImportCode.packageMissing)
        {
            return .gone
        }
    }

    /// A file whose name the channel knows. Old indexes say no SHA-256, so the bytes must be looked at.
    private func comparison(_ file: ListedFile, _ promise: ListedFile.Promise, _ known: HostedFile)
        async throws
        -> Answer
    {
        guard let sha256 = promise.sha256 else {
            return work.options.isDryRun ? .known : try await fetched(file, promise)
        }
        guard known.sha256 == sha256 else {
            throw Refusal(
                ServerCode.fileExists,
                file.name,
                expected: known.sha256.hex,
                found: sha256.hex
            )
        }
        // What was removed here stays so, whatever the old channel says.
        guard known.state != .removed, !work.options.isDryRun else { return .known }
        if let promised = promise.attestations, promised == known.attestations { return .known }
        let (given, isStripped) = try await attestations(file, sha256: sha256)
        guard let given, given.sidecar.digest != known.attestations else { return .known }
        let package = try KnownPackage(known).inspected
        return .package(
            PlannedIntake(package: package, staged: nil, attestations: given, imported: facts(promise)),
            isStripped: isStripped
        )
    }

    /// The package, read, compared and inspected.
    private func fetched(_ file: ListedFile, _ promise: ListedFile.Promise?) async throws -> Answer {
        var announcement = try PackageAnnouncement(fileName: file.fileName.text, length: promise?.size)
        announcement.subdir = file.subdir
        announcement.sha256 = promise?.sha256
        let received = try await work.source.persistently {
            let received = ReceivedPackage(
                announcement,
                staged: try await parts.blobs.stage(),
                limit: work.target.uploads.limits.packageBytes
            )
            do {
                try await fill(received, file)
                return received
            } catch {
                await received.staged.discard()
                throw error
            }
        }
        do {
            let blob = try await received.finish()
            if let md5 = promise?.md5, md5 != blob.md5 {
                throw Refusal(UploadCode.digest, file.name, expected: md5.hex, found: blob.md5?.hex)
            }
            let package = try await intake.inspected(received, blob, in: channel)
            let (given, isStripped) = try await attestations(file, sha256: blob.sha256)
            var facts = facts(promise)
            facts.isYanked = promise == nil
            return .package(
                PlannedIntake(
                    package: package,
                    staged: received.staged,
                    attestations: given,
                    imported: facts
                ),
                isStripped: isStripped
            )
        } catch {
            await received.staged.discard()
            throw error
        }
    }

    /// CEP 47: the moment of the first listing never changes; one that has not come yet is nobody's.
    private func facts(_ promise: ListedFile.Promise?) -> ImportedFacts {
        let now = FileEvents(publicURL: "", now: parts.now()).milliseconds
        return ImportedFacts(origin: work.origin, indexed: promise?.indexed.flatMap { $0 <= now ? $0 : nil })
    }
}

// MARK: - Bytes

extension ImportedPackages {
    /// How much is read at a time.
    private static let pieceLength = 1 << 20

    private func fill(_ package: ReceivedPackage, _ file: ListedFile) async throws {
        let url = place.url(of: file.fileName)
        if let path = work.source.path(of: url) { return try await copy(path, into: package, file) }
        // Fetchers hand bytes over at once; blobs are written when there is time.
        let path = work.target.spool + "/" + Hex.encode(parts.random(8))
        defer { try? DurableFile.remove(path) }
        let limit =
            file.promise?.size.flatMap(Int.init(exactly:))
            ?? Int(clamping: work.target.uploads.limits.packageBytes)
        let spooled = try OpenFile(creating: path, mode: 0o600)
        let outcome = try await work.source.fetcher.fetch(FetchRequest(url, maximumLength: limit)) {
            try spooled.write($0)
        }
        guard outcome == .complete else { throw missing(file, url) }
        try await copy(path, into: package, file)
    }

    private func copy(_ path: String, into package: ReceivedPackage, _ file: ListedFile) async throws {
        guard let open = try OpenFile(readingIfThere: path) else { throw missing(file, path) }
        let stored = try open.stored()
        var start = 0
        while start < stored.length {
            let end = min(start + Self.pieceLength, stored.length)
            try await package.write(ByteBuffer(bytes: try stored.read(start..<end)))
            start = end
        }
    }

    private func missing(_ file: ListedFile, _ location: String) -> Refusal {
        Refusal(ImportCode.packageMissing, file.name, at: RedactedURL(location).description)
    }

    /// The attestations of a package: those that the index promises; beside a file of a folder also others.
    ///
    /// - Returns: none and true where they are bad, and bad ones are to be left out.
    private func attestations(_ file: ListedFile, sha256: Digest) async throws
        -> (given: GivenAttestations?, isStripped: Bool)
    {
        do {
            return (try await found(file, sha256: sha256), false)
        } catch let refusal as Refusal where work.options.dropsBadAttestations {
            _ = refusal
            return (nil, true)
        }
    }

    private func found(_ file: ListedFile, sha256: Digest) async throws -> GivenAttestations? {
        let promised = file.promise?.attestations
        guard promised != nil || work.source.folder != nil else { return nil }
        let names = [
            promised.map { PackageSidecar.fileName(of: file.fileName, $0) },
            PackageSidecar.fileName(of: file.fileName),
        ]
        for name in names.compactMap(\.self) {
            let url = "\(place.folderWithCredentials)/\(PercentEncoding.segment(name))"
            let bytes = try await work.source.persistently {
                try await work.source.fetcher.bytes(url, maximumLength: Sigstore.Sidecar.maximumLength)
            }
            guard let bytes else { continue }
            if let promised, Digest.of(bytes) != promised {
                throw Refusal(
                    UploadCode.digest,
                    "\(file.subdir.text)/\(name)",
                    expected: promised.hex,
                    found: Digest.of(bytes).hex
                )
            }
            return try GivenAttestations(bytes, of: file.fileName, sha256: sha256)
        }
        guard promised == nil else { throw Refusal(ImportCode.attestationsMissing, file.name) }
        return nil
    }
}
