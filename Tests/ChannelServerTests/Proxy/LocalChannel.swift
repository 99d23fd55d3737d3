// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Synchronization
import TestSupport
import TrustCore
import TrustPolicy

@testable import ChannelServer
@testable import Gatekeeper

/// A channel in a folder, honest unless told otherwise: its packages are admitted if their bytes are the promised ones.
final class LocalChannel: AdmittingChannel {
    /// How it behaves, and how often it was asked.
    struct Behaviour {
        var isStale = false
        var delay = Duration.zero
        var viewError: (any Error)?
        var admissionError: (any Error)?
        var objections: [String: Finding] = [:]
        var voucher: Voucher? = .onlineKey(role: "linux-64")
        var views = 0
        var admissions = 0
        /// What was fetched; only what is not there takes its time.
        var fetched: Set<String> = []
        var fetches = 0
    }

    static let sidecar = Array(#"[{"bundle":1}]"#.utf8)
    let url: ChannelURL
    let folder: TemporaryFolder
    let packages: [FixturePackage]
    let behaviour = Mutex(Behaviour())

    init(_ url: ChannelURL, _ packages: [FixturePackage], in folder: TemporaryFolder) throws {
        self.url = url
        self.folder = folder
        self.packages = packages
        for package in packages { try folder.write(package.bytes, to: package.path) }
        for subdir in Set(packages.map(\.subdir)) {
            try folder.write(try index(subdir), to: "\(subdir)/repodata.json")
        }
    }

    /// The index of a subdir, as upstream has it.
    func index(_ subdir: Subdir) throws -> [UInt8] {
        var records = JSONObject()
        for package in packages where package.subdir == subdir {
            records[package.fileName.text] = .object(try package.record().raw)
        }
        var object = JSONObject()
        var info = JSONObject()
        info["subdir"] = .string(subdir.text)
        object["info"] = .object(info)
        object["packages"] = [:]
        object["packages.conda"] = .object(records)
        return JSONWriter.encode(.object(object))
    }

    func view() async throws -> UpstreamView {
        let (isStale, error) = behaviour.withLock { state in
            state.views += 1
            return (state.isStale, state.viewError)
        }
        if let error { throw error }
        return UpstreamView(
            of: url,
            id: Digest.of(Array("view".utf8)),
            checked: Timestamp(seconds: 1_800_000_000),
            goodUntil: nil,
            isStale: isStale
        ) { [self] subdir in
            guard packages.contains(where: { $0.subdir == subdir }) else { return nil }
            return UpstreamSubdir(
                subdir,
                id: Digest.of(try index(subdir)),
                path: "\(folder.path)/\(subdir)/repodata.json",
                baseURL: nil
            )
        }
    }

    func admit(_ file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws -> Admission {
        let state = behaviour.withLock { state in
            state.admissions += 1
            return (state.delay, state.admissionError, state.objections[file.text], state.voucher)
        }
        if !behaviour.withLock({ $0.fetched.contains(file.text) }) {
            behaviour.withLock { $0.fetches += 1 }
            if state.0 > .zero { try await Task.sleep(for: state.0) }
            _ = behaviour.withLock { $0.fetched.insert(file.text) }
        }
        if let error = state.1 { throw error }
        if let finding = state.2 { return .refused(Verdict(package: file.text, findings: [finding])) }
        guard let package = packages.first(where: { $0.fileName == file && $0.subdir == subdir }) else {
            let finding = Finding("in-index", PolicyCode.unlisted, "the index does not list it")
            return .refused(Verdict(package: file.text, findings: [finding]))
        }
        try Digest.of(package.bytes).check(try folder.read(package.path), of: file.text)
        return .admitted(
            AdmittedPackage(
                url: PackageURL(channel: url, subdir: subdir, fileName: file),
                record: try package.record(),
                sha256: package.sha256,
                archivePath: folder.path + "/" + package.path,
                verdict: Verdict(
                    package: file.text,
                    findings: [Finding("in-index", .satisfied, "listed")],
                    voucher: state.3
                )
            )
        )
    }

    func sidecar(of file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws -> [UInt8]?
    {
        packages.contains { $0.fileName == file } ? Self.sidecar : nil
    }
}

/// Shows upstream's index as it is, in one form, and one shard; hides what it is told to.
struct PlainRendering: RenderedChannel {
    static let shard = Array("a shard".utf8)
    var hidden: [String: Finding] = [:]
    let folder: TemporaryFolder

    init(in folder: TemporaryFolder) throws {
        self.folder = folder
        try folder.write(Self.shard, to: "shard")
    }

    func file(_ form: IndexForm, of subdir: UpstreamSubdir, in view: UpstreamView, now: Timestamp)
        async throws
        -> ProxyIndexFile?
    {
        guard form == .repodata else { return nil }
        let bytes = try TemporaryFolder.read(subdir.path)
        return ProxyIndexFile(
            path: subdir.path,
            length: UInt64(bytes.count),
            sha256: Digest.of(bytes),
            contentType: "application/json"
        )
    }

    func shard(_ digest: Digest, of subdir: UpstreamSubdir, in view: UpstreamView, now: Timestamp)
        async throws
        -> ProxyIndexFile?
    {
        ProxyIndexFile(
            path: folder.path + "/shard",
            length: UInt64(Self.shard.count),
            sha256: Digest.of(Self.shard),
            contentType: "application/zstd"
        )
    }

    func objections(
        to file: ArchiveFileName,
        of subdir: UpstreamSubdir,
        in view: UpstreamView,
        now: Timestamp
    ) async throws -> [Finding] { hidden[file.text].map { [$0] } ?? [] }
}
