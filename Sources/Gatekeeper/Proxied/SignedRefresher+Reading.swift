// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
import TrustCore
import TrustPolicy

/// What a view is asked for.
extension SignedRefresher {
    /// The whole text of a subdir in a view; nil if the channel has none.
    func subdir(_ subdir: Subdir, of view: SignedView) async throws -> UpstreamSubdir? {
        let key = ProxiedIndexKey(subdir, .text)
        try await view.session.open([key])
        if let index = try await view.session.textIndex(of: subdir), !Folder.exists(index.shown.path) {
            try await view.session.reopen(subdir)
        }
        guard let index = try await view.session.textIndex(of: subdir) else { return nil }
        try demandCurrent(index.fact)
        try index.trust?.checkExpiry(now: settings.now())
        await note(key, of: view)
        let shown = index.shown
        return UpstreamSubdir(
            subdir,
            id: shown.digest,
            path: shown.path,
            baseURL: shown.index.info.baseURL,
            index: shown.index,
            compressed: shown.compressed
        )
    }

    /// The shard index of a subdir in a view; nil if the channel has none, or its pin demands signatures of records, which
    /// shards do not carry.
    ///
    /// - Throws: `gate.outside-channel` if its shards or packages are elsewhere, and why it is refused else.
    func shards(_ subdir: Subdir, of view: SignedView) async throws -> UpstreamShards? {
        let key = ProxiedIndexKey(subdir, .shards)
        try await view.session.open([key])
        guard let index = try await view.session.shardIndex(of: subdir) else { return nil }
        try demandCurrent(index.fact)
        try index.index.shards.demandInside(url, subdir)
        await note(key, of: view)
        return UpstreamShards(subdir, id: index.digest, index.index.shards, isSigned: true) { name, digest in
            try await index.shard(of: name, digest)
        }
    }

    private func demandCurrent(_ fact: SignedIndex) throws {
        let now = settings.now()
        guard now < fact.expires else {
            throw Refusal(
                TUFCode.expired,
                "\(fact.role) metadata",
                at: url.description,
                expected: "an expiry after \(now)",
                found: "\(fact.expires)"
            )
        }
    }

    /// What a view's index says of a file, by the forms of it that are open, or else by the one that costs least; nil if
    /// it has no index.
    func shown(_ file: ArchiveFileName, in subdir: Subdir, of view: SignedView) async throws -> IndexEntry? {
        let session = view.session
        try await session.open([subdir])
        if await !session.hasShards(of: subdir), let text = try await session.textIndex(of: subdir) {
            return IndexEntry(
                index: text.fact,
                // What nobody signed is not shown, where the pin demands that somebody does.
                record: try text.shown.record(of: file),
                baseURL: text.shown.index.info.baseURL,
                isRemoved: false
            )
        }
        return try await session.entryShown(of: file, in: subdir)
    }

    /// Decides about a package by the newest view, which must say of it what the given one does.
    func admit(_ file: ArchiveFileName, in subdir: Subdir, of wanted: UpstreamView) async throws -> Admission
    {
        let shown = try await wanted.entry(of: file, in: subdir)?.record?.sha256
        let view = try await newest()
        var admission = try await admit(file, in: subdir, by: view)
        if Self.fits(admission, shown) { return admission }
        // Whoever asks again and again by an old index does not make us ask the mirrors each time.
        if view.attempted < settings.now() {
            admission = try await admit(file, in: subdir, by: refreshed())
            if Self.fits(admission, shown) { return admission }
        }
        throw Refusal(
            GateCode.indexMoved,
            file.text,
            at: url.description,
            expected: shown.map { "\($0)" } ?? "no such file",
            found: admission.verdict.evidence?.record?.sha256.map { "\($0)" }
        )
    }

    /// Whether the very bytes are admitted that a client was shown. What the newest view refuses is refused, whatever
    /// an older one said.
    private static func fits(_ admission: Admission, _ shown: Digest?) -> Bool {
        guard case .admitted(let package) = admission else { return true }
        return package.sha256 == shown
    }

    private func admit(_ file: ArchiveFileName, in subdir: Subdir, by view: SignedView) async throws
        -> Admission
    {
        let key = SignedAdmissions.Key(subdir: subdir, fileName: file)
        if let known = admissions.package(key, by: view, in: texts.cache, now: settings.now()) {
            return .admitted(known)
        }
        let decision = AdmittingKey(file: key, view: view.id, demands: view.demands)
        if let other = admitting[decision] { return try await other.value }
        let task = Task {
            defer { admitting[decision] = nil }
            let url = PackageURL(channel: url, subdir: subdir, fileName: file)
            let admission = try await view.gate.admit(PackageRequest(url))
            if case .admitted(let package) = admission {
                // Who signs an index signs what a digest is of, whatever is in it.
                let path = package.archivePath
                let cache = texts.cache, now = settings.now()
                try await inspected.check(file, package.sha256, path, md5: nil, in: cache, now: now)
                return Admission.admitted(admissions.keep(package, key, by: view, now: now))
            }
            return admission
        }
        admitting[decision] = task
        return try await task.value
    }

    /// The attestations that a view's index promises of a file, by their digest; nil if it promises none.
    func sidecar(of file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws -> [UInt8]?
    {
        guard let entry = try await view.entry(of: file, in: subdir), let record = entry.record else {
            return nil
        }
        let url = PackageURL(channel: url, subdir: subdir, fileName: file)
        return try await newest().session.sidecar(url, record, baseURL: entry.baseURL)
    }
}
