// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A TUF client: one request after another, in the order of the specification (1.0.34, section 5).
///
/// The rules are in ``UpdateWorkflow``, ``TargetSearch`` and ``RoleListing``; this drives them over a fetcher
/// and a store.
/// An updater belongs to one moment and one repository; for a later update make another one with the same
/// store.
public actor Updater {
    private let trustedRoot: [UInt8]
    private let metadataURL: String
    private let store: any MetadataStore
    private let fetcher: any Fetcher
    private let now: Timestamp
    private let limits: TUFLimits
    private var updated: UpdateWorkflow?

    /// Makes a client. Nothing is read or fetched yet.
    ///
    /// - Parameters:
    ///   - trustedRoot: The bytes of a root file that came by a way the user trusts.
    ///   - metadataURL: Where the metadata is, used byte for byte; a final `/` is added if it has none.
    ///   - store: Where verified metadata is kept. Each repository needs one of its own.
    ///   - fetcher: How to fetch.
    ///   - now: The moment that decides what is expired.
    ///   - limits: What the repository may ask of us.
    public init(
        trustedRoot: [UInt8],
        metadataURL: String,
        store: any MetadataStore,
        fetcher: any Fetcher,
        now: Timestamp,
        limits: TUFLimits = TUFLimits()
    ) {
        self.trustedRoot = trustedRoot
        self.metadataURL = Self.folder(metadataURL)
        self.store = store
        self.fetcher = fetcher
        self.now = now
        self.limits = limits
    }

    /// Updates the top-level roles: root, timestamp, snapshot, targets.
    ///
    /// - Throws: a `Refusal` for bad metadata, a `Failure` if something could not be found out. What was
    ///   verified before stays in the store; what was not is nowhere.
    public func refresh() async throws {
        let lock = try await store.lock()
        defer { lock.release() }
        var workflow = try UpdateWorkflow(trustedRoot: trustedRoot, now: now, limits: limits)
        try await drive(&workflow, from: workflow.start())
        updated = workflow
    }

    /// What the repository promises about a file, and which role does; nil if none does. Updates first if
    /// need be.
    public func target(_ path: TargetPath) async throws -> TargetDescription? {
        var workflow = try await current()
        var search = TargetSearch(for: path)
        while true {
            switch try search.advance(in: workflow.trusted) {
            case .found(let description): return description
            case .absent: return nil
            case .load(let role): try await load(role, into: &workflow)
            }
        }
    }

    /// What the repository promises about a file (`tuf.target-not-found` if nothing). Updates first if need
    /// be.
    public func requiredTarget(_ path: TargetPath) async throws -> TargetDescription {
        guard let target = try await target(path) else { throw Refusal(TUFCode.targetNotFound, path.text) }
        return target
    }

    /// The files that a role vouches for by the first chain of delegations that leads to it, see
    /// ``RoleListing``; nil if none does. Updates first if need be.
    public func targets(of name: RoleName) async throws -> [TargetDescription]? {
        var workflow = try await current()
        var listing = RoleListing(of: name)
        while true {
            switch try listing.advance(in: workflow.trusted) {
            case .found(let descriptions): return descriptions
            case .absent: return nil
            case .load(let role): try await load(role, into: &workflow)
            }
        }
    }

    /// What is trusted after an update. Updates first if need be.
    public func trusted() async throws -> TrustedMetadata { try await current().trusted }

    /// Downloads a file into memory and checks it.
    ///
    /// - Parameters:
    ///   - target: What the repository promises about it.
    ///   - baseURL: Where the files are, used byte for byte; a final `/` is added if it has none.
    ///   - naming: Whether file names carry a digest.
    /// - Throws: a `Refusal` with `tuf.target-missing`, `tuf.target-length`, `tuf.target-hash` or
    ///   `limit.too-large`, or a `Failure`.
    public func download(
        _ target: TargetDescription,
        from baseURL: String,
        naming: TargetNaming = .byRepository
    ) async throws -> [UInt8] {
        guard let length = Int(exactly: target.file.length), length <= limits.targetFile else {
            throw Refusal(
                CoreCode.tooLarge,
                target.path.text,
                expected: "at most \(limits.targetFile) bytes",
                found: "\(target.file.length) bytes promised"
            )
        }
        let isConsistent = try await current().trusted.root.role.consistentSnapshot
        let isPrefixed = isConsistent && naming == .byRepository
        let url = Self.folder(baseURL) + target.fileName(isPrefixed: isPrefixed)
        guard let bytes = try await fetcher.bytes(url, maximumLength: length) else {
            throw Refusal(TUFCode.targetMissing, target.path.text, at: url)
        }
        do { try target.verify(bytes) } catch let refusal as Refusal { throw refusal.located(at: url) }
        return bytes
    }

    // MARK: Driving

    private func current() async throws -> UpdateWorkflow {
        if let updated { return updated }
        try await refresh()
        guard let updated else { preconditionFailure("an update that did not throw has updated") }
        return updated
    }

    private func load(_ role: TargetsRole, into workflow: inout UpdateWorkflow) async throws {
        let lock = try await store.lock()
        defer { lock.release() }
        try await drive(&workflow, from: try workflow.load(role))
        // A refresh may have come between: what belongs to an older view must not replace the newer one. Another
        // search of the same view may have loaded other roles; what is lost of those is only loaded again.
        if updated?.trusted.isSameView(as: workflow.trusted) ?? true { updated = workflow }
    }

    private func drive(_ workflow: inout UpdateWorkflow, from first: WorkflowStep) async throws {
        var step = first
        while true {
            for change in step.changes { try apply(change) }
            guard let request = step.next else { return }
            switch request.source {
            case .store: step = try workflow.receive(try store.read(request.stored), to: request)
            case .repository(let fileName, let maximumLength):
                let url = metadataURL + fileName
                do {
                    let answer = try await fetcher.bytes(url, maximumLength: maximumLength)
                    step = try workflow.receive(answer, to: request)
                } catch let refusal as Refusal { throw refusal.located(at: url) }
            }
        }
    }

    private func apply(_ change: StoreChange) throws {
        switch change {
        case .write(let bytes, let file): try store.write(bytes, as: file)
        case .remove(let file): try store.remove(file)
        }
    }

    private static func folder(_ url: String) -> String {
        url.utf8.last == UInt8(ascii: "/") ? url : url + "/"
    }
}
