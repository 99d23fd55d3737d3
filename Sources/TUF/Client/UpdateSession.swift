// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// One update: its workflow, and the input and output that the workflow asks for.
///
/// This is the only place that performs steps. A single chain of requests keeps the exact order of the
/// specification; ``lookUp(_:atOnce:before:)`` has many chains under way, each with the same steps.
actor UpdateSession {
    private var workflow: UpdateWorkflow
    private let store: any MetadataStore
    private let source: MetadataSource

    init(_ workflow: UpdateWorkflow, store: any MetadataStore, source: MetadataSource) {
        self.workflow = workflow
        self.store = store
        self.source = source
    }

    /// What is trusted so far.
    var trusted: TrustedMetadata { workflow.trusted }

    // MARK: One request after another

    /// Updates the top-level roles. The caller holds the store's lock.
    func refresh(before deadline: Deadline) async throws {
        try await perform(workflow.start(), before: deadline)
    }

    /// Searches for a path, and loads the roles that it leads through.
    func search(for path: TargetPath, before deadline: Deadline) async throws -> TargetDescription? {
        var search = TargetSearch(for: path)
        while true {
            switch try search.advance(in: workflow.trusted) {
            case .found(let description): return description
            case .absent: return nil
            case .load(let role): try await lockedLoad(role, before: deadline)
            }
        }
    }

    /// Lists a role, and loads the roles that lead to it.
    func list(_ name: RoleName, before deadline: Deadline) async throws -> [TargetDescription]? {
        var listing = RoleListing(of: name)
        while true {
            switch try listing.advance(in: workflow.trusted) {
            case .found(let descriptions): return descriptions
            case .absent: return nil
            case .load(let role): try await lockedLoad(role, before: deadline)
            }
        }
    }

    private func lockedLoad(_ role: TargetsRole, before deadline: Deadline) async throws {
        let lock = try await store.lock()
        defer { lock.release() }
        try await load(role, before: deadline)
    }

    // MARK: Many requests at once

    /// Searches for many paths, with up to so many roles being loaded at the same time.
    func lookUp(_ paths: [TargetPath], atOnce limit: Int, before deadline: Deadline) async throws
        -> [Result<TargetDescription?, any Error>]
    {
        var batch = TargetBatch(paths)
        var wanted = batch.start(in: workflow.trusted)[...]
        guard !wanted.isEmpty else { return batch.results }
        let lock = try await store.lock()
        defer { lock.release() }
        await withTaskGroup(of: (TargetsRole, (any Error)?).self) { group in
            var underWay = 0
            while true {
                while underWay < max(1, limit), let role = wanted.popFirst() {
                    underWay += 1
                    group.addTask { (role, await self.errorLoading(role, before: deadline)) }
                }
                guard let (role, error) = await group.next() else { return }
                underWay -= 1
                wanted += batch.finish(role, error: error, in: workflow.trusted)
            }
        }
        return batch.results
    }

    private func errorLoading(_ role: TargetsRole, before deadline: Deadline) async -> (any Error)? {
        do {
            try await load(role, before: deadline)
            return nil
        } catch { return error }
    }

    // MARK: Steps

    private func load(_ role: TargetsRole, before deadline: Deadline) async throws {
        try await perform(try workflow.load(role), before: deadline)
    }

    private func perform(_ first: WorkflowStep, before deadline: Deadline) async throws {
        var step = first
        while true {
            if !step.changes.isEmpty { try await Self.apply(step.changes, to: store) }
            guard let request = step.next else { return }
            switch request.source {
            case .store: step = try workflow.receive(try store.read(request.stored), to: request)
            case .repository(let fileName, let maximumLength):
                let location = source.location(of: fileName)
                do {
                    let answer = try await deadline.run(at: location) { [source, store] in
                        try await source.find(
                            fileName,
                            maximumLength: maximumLength,
                            for: request,
                            in: store
                        )
                    }
                    step = try workflow.receive(answer, to: request)
                } catch let refusal as Refusal { throw refusal.located(at: location) }
            }
        }
    }

    /// Makes changes in their order, away from the actor: waiting for the disk must not keep other chains
    /// from sending their requests.
    @concurrent
    private static func apply(_ changes: [StoreChange], to store: any MetadataStore) async throws {
        for change in changes {
            switch change {
            case .write(let bytes, let file): try store.write(bytes, as: file)
            case .remove(let file): try store.remove(file)
            }
        }
    }
}
