// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// A transaction that is planned in full and can be committed once.
///
/// It holds the prefix's lock; where it is dropped without being committed, nothing was changed.
public final class PreparedTransaction {
    private let plan: LinkPlan
    private let lock: PrefixLock?
    private let options: LinkOptions
    private var isCommitted = false

    init(_ plan: LinkPlan, lock: PrefixLock?, options: LinkOptions) {
        self.plan = plan
        self.lock = lock
        self.options = options
    }

    deinit {
        if !isCommitted { try? lock?.dissolveUnlessJournalled() }
    }

    /// The packages it is going to install, as `NAME-VERSION-BUILD`.
    public var installing: [String] { plan.packages.map(\.label) }
    /// The packages it is going to replace or remove, as `NAME-VERSION-BUILD`.
    public var removing: [String] { plan.removed.map { "\($0.name)-\($0.version)-\($0.build)" } }
    /// The link scripts that the new packages bring along.
    public var scripts: [InstallResult.Script] { plan.packages.flatMap(\.scripts) }

    /// What ``commit()`` would answer if no script ran.
    public var preview: InstallResult {
        result(plan.packages.map(\.files.count), scripts: scripts, compilation: nil)
    }

    /// Carries the plan out.
    ///
    /// - Throws: a `Refusal` or `Failure`. The prefix is as it was then, unless the failure came after
    ///   the commit point; then ``PrefixTransaction/recover(prefix:)`` completes it.
    public func commit() throws -> InstallResult {
        precondition(!isCommitted, "a transaction can be committed once")
        isCommitted = true
        if let lock { return try commit(in: lock) }
        let building = try NewPrefix(plan.prefix)
        do {
            return try commit(to: building)
        } catch {
            building.discard()
            throw error
        }
    }

    private func commit(to building: NewPrefix) throws -> InstallResult {
        try CaseCheck(plan).run(in: building.root)
        let tree = PrefixTree(building.root)
        for folder in plan.folders { try tree.madeFolder(folder) }
        var counts: [Int] = []
        let meta = try building.root.madeFolder("conda-meta")
        for package in plan.packages {
            var stager = try FileStager(package, prefix: plan.prefix, placement: options.placement)
            var entries: [InstalledEntry] = []
            for file in package.files {
                try step(.staging(file.target))
                let folder = file.isFolder ? building.root : try tree.madeParent(of: file.target)
                entries.append(try stager.stage(file, in: folder, as: String(file.target.name)))
            }
            try meta.write(package.record(entries, linked: stager.linkedAny).encode(), to: package.recordName)
            counts.append(entries.count)
        }
        try meta.write(history(appendedTo: []), to: "history")
        try step(.flushing)
        try building.root.synchroniseAll()
        try step(.publishing)
        try building.publish()
        try step(.cleaning)
        let result = try finish(counts, unlinked: [], building.lock)
        try building.dissolve()
        return result
    }

    private func commit(in lock: PrefixLock) throws -> InstallResult {
        do {
            try CaseCheck(plan).run(in: lock.work)
            let (journal, counts) = try stage(in: lock)
            try step(.flushing)
            try lock.prefix.synchroniseAll()
            let unlinked = runUnlinkScripts()
            try step(.writingJournal)
            try journal.write(in: lock.work)
            try journal.apply(to: lock.prefix, work: lock.work, onStep: step)
            try step(.cleaning)
            let result = try finish(counts, unlinked: unlinked, lock)
            try lock.dissolve()
            return result
        } catch {
            try? lock.dissolveUnlessJournalled()
            throw error
        }
    }

    private func stage(in lock: PrefixLock) throws -> (TransactionJournal, [Int]) {
        var journal = TransactionJournal()
        journal.removals = plan.removals
        journal.obsoleteFolders = plan.obsoleteFolders
        journal.folders = plan.folders
        let staging = try lock.work.madeFolder(TransactionJournal.stagingName, mode: 0o700)
        var records: [(name: String, bytes: [UInt8])] = []
        var counts: [Int] = []
        for package in plan.packages {
            var stager = try FileStager(package, prefix: plan.prefix, placement: options.placement)
            var entries: [InstalledEntry] = []
            for file in package.files {
                try step(.staging(file.target))
                let name = String(journal.placements.count)
                entries.append(try stager.stage(file, in: staging, as: name))
                if !file.isFolder { journal.placements.append(.init(staged: name, path: file.target)) }
            }
            records.append(
                (package.recordName, try package.record(entries, linked: stager.linkedAny).encode())
            )
            counts.append(entries.count)
        }
        let meta = try lock.prefix.folder("conda-meta")
        let before = try meta?.read("history", maximumLength: 1 << 30) ?? []
        records.append(("history", history(appendedTo: before)))
        for (name, bytes) in records {
            let staged = String(journal.placements.count)
            try staging.write(bytes, to: staged)
            journal.placements.append(.init(staged: staged, path: try Self.metaPath(name)))
        }
        let new = Set(plan.packages.map { ByteKey($0.recordName) })
        journal.obsoleteRecords = try plan.removed.map(\.recordFileName)
            .filter { !new.contains(ByteKey($0)) }.map(Self.metaPath)
        return (journal, counts)
    }

    private static func metaPath(_ name: String) throws -> PrefixPath {
        guard let path = PrefixPath("conda-meta/\(name)") else {
            throw Refusal(PackageCode.identity, name, expected: "a file name")
        }
        return path
    }

    private func history(appendedTo before: [UInt8]) -> [UInt8] {
        before + HistoryEntry(plan, options).text
    }

    private func step(_ step: LinkStep) throws { try options.onStep?(step) }

    private func runUnlinkScripts() -> [InstallResult.Script] {
        plan.removed.compactMap { record in
            let path = "bin/.\(record.name)-pre-unlink.sh"
            guard record.entries.contains(where: { ByteKey($0.path.text) == ByteKey(path) }) else {
                return nil
            }
            let script = InstallResult.Script(
                package: record.name,
                moment: .preUnlink,
                path: path,
                outcome: .notRun
            )
            guard options.scripts == .run else { return script }
            return LinkScript(prefix: plan.prefix, record: record).run(script)
        }
    }

    /// What happens once everything is in place: it is reported how it ended, and undoes nothing.
    private func finish(
        _ counts: [Int],
        unlinked: [InstallResult.Script],
        _ lock: PrefixLock
    ) throws -> InstallResult {
        var compilation: InstallResult.Script.Outcome?
        if options.compilation == .bytecode {
            let path = "\(plan.prefix)/\(PrefixLock.folderName)"
            compilation = try PythonCompiler(plan).run(listIn: lock.work, at: path)
        }
        let linked = plan.packages.flatMap { package in
            package.scripts.map { script in
                guard options.scripts == .run, script.moment == .postLink else { return script }
                return LinkScript(prefix: plan.prefix, record: package.identity).run(script)
            }
        }
        return result(counts, scripts: unlinked + linked, compilation: compilation)
    }

    private func result(
        _ counts: [Int],
        scripts: [InstallResult.Script],
        compilation: InstallResult.Script.Outcome?
    ) -> InstallResult {
        InstallResult(
            installed: zip(plan.packages, counts).map { package, count in
                InstallResult.Package(
                    name: package.identity.name,
                    version: package.identity.version,
                    build: package.identity.build,
                    channel: HistoryEntry.channel(package.channel, package.identity.subdir),
                    fileCount: count
                )
            },
            removed: plan.removed.map { record in
                InstallResult.Package(
                    name: record.name,
                    version: record.version,
                    build: record.build,
                    channel: HistoryEntry.channel(record.channel ?? "", record.subdir),
                    fileCount: record.entries.count
                )
            },
            scripts: scripts,
            compilation: compilation
        )
    }
}
