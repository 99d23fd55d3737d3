// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
import TrustCore
import TrustPolicy

/// What a view is asked for.
extension SignedRefresher {
    /// The index of a subdir in a view; nil if the channel has none.
    func subdir(_ subdir: Subdir, of view: SignedView) async throws -> UpstreamSubdir? {
        try await view.session.open([subdir])
        if let index = try await view.session.textIndex(of: subdir), !Folder.exists(index.shown.path) {
            try await view.session.reopen(subdir)
        }
        guard let index = try await view.session.textIndex(of: subdir) else { return nil }
        let now = settings.now()
        guard now < index.fact.expires else {
            throw Refusal(
                TUFCode.expired,
                "\(index.fact.role) metadata",
                at: url.description,
                expected: "an expiry after \(now)",
                found: "\(index.fact.expires)"
            )
        }
        try index.trust?.checkExpiry(now: now)
        await note(subdir, of: view)
        let shown = index.shown
        return UpstreamSubdir(subdir, id: shown.digest, path: shown.path, baseURL: shown.index.info.baseURL)
    }

    /// What a view's index says of a file; nil if it does not list it.
    func shown(_ file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws
        -> PackageRecord?
    {
        guard let shown = try await view.subdir(subdir) else { return nil }
        let text =
            try texts.text(shown.id, of: subdir)
            ?? texts.open(shown.path, "\(subdir)/repodata.json", subdir, shown.id, signed: false)
        return try text.record(of: file)
    }

    /// Decides about a package by the newest view, which must say of it what the given one does.
    func admit(_ file: ArchiveFileName, in subdir: Subdir, of wanted: UpstreamView) async throws -> Admission
    {
        let shown = try await shown(file, in: subdir, of: wanted)?.sha256
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
        if let known = admissions.package(key, by: view, now: settings.now()) { return .admitted(known) }
        if let other = admitting[key] { return try await other.value }
        let task = Task {
            defer { admitting[key] = nil }
            let url = PackageURL(channel: url, subdir: subdir, fileName: file)
            let admission = try await view.gate.admit(PackageRequest(url))
            if case .admitted(let package) = admission {
                // Who signs an index signs what a digest is of, whatever is in it.
                let path = package.archivePath
                try await inspected.check(file, package.sha256, path, md5: nil, in: texts.cache)
                admissions.keep(package, key, by: view)
            }
            return admission
        }
        admitting[key] = task
        return try await task.value
    }

    /// The attestations that a view's index promises of a file, by their digest; nil if it promises none.
    func sidecar(of file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws -> [UInt8]?
    {
        guard let record = try await shown(file, in: subdir, of: view) else { return nil }
        let baseURL = try await view.subdir(subdir)?.baseURL
        let url = PackageURL(channel: url, subdir: subdir, fileName: file)
        return try await newest().session.sidecar(url, record, baseURL: baseURL)
    }
}
