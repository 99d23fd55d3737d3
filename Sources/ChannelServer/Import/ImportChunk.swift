// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Packages that were read and wait for their transaction.
struct ImportChunk {
    private let work: ChannelImport
    private let channel: HostedChannel
    private var plans: [PlannedIntake] = []
    private var bytes: UInt64 = 0

    init(_ work: ChannelImport, _ channel: HostedChannel) {
        self.work = work
        self.channel = channel
    }

    /// Whether no more should wait.
    var isFull: Bool { plans.count >= ImportOptions.chunkFiles || bytes >= ImportOptions.chunkBytes }

    mutating func add(_ plan: PlannedIntake) {
        plans.append(plan)
        bytes = bytes.addingReportingOverflow(plan.package.size).partialValue
    }

    /// Commits them, all in one transaction; where one of them is refused, each in its own.
    mutating func commit(into report: inout ImportReport) async throws {
        let waiting = plans
        plans = []
        bytes = 0
        guard !waiting.isEmpty else { return }
        do {
            count(try await commit(waiting), &report)
        } catch let refusal as Refusal {
            guard waiting.count > 1 else { return try await commit(waiting[0], after: refusal, &report) }
            for plan in waiting {
                do { count(try await commit([plan]), &report) } catch let refusal as Refusal {
                    try await commit(plan, after: refusal, &report)
                }
            }
        }
    }

    /// What is left of a package that was refused: it may do without its attestations.
    private func commit(_ plan: PlannedIntake, after refusal: Refusal, _ report: inout ImportReport)
        async throws
    {
        var bare = plan
        bare.attestations = nil
        if work.options.dropsBadAttestations, plan.attestations != nil {
            do {
                count(try await commit([bare]), &report)
                report.withoutAttestations += 1
                return
            } catch let other as Refusal {
                report.add(ImportProblem(plan.name, other))
            }
        } else {
            report.add(ImportProblem(plan.name, refusal))
        }
        await plan.staged?.discard()
    }

    private func commit(_ plans: [PlannedIntake]) async throws -> [IntakeReceipt] {
        let publisher = work.origin.publisher
        let commit = IntakeCommit(
            work.target.parts,
            work.target.uploads,
            channel,
            publisher,
            Caller(holder: publisher)
        )
        let receipts = try await commit.run(plans)
        for plan in plans { await plan.staged?.discard() }
        return receipts
    }

    private func count(_ receipts: [IntakeReceipt], _ report: inout ImportReport) {
        for receipt in receipts {
            switch receipt.outcome {
            case .unchanged: report.unchanged += 1
            case .attested: report.attested += 1
            case .accepted:
                report.imported += 1
                report.bytes = report.bytes.addingReportingOverflow(receipt.file.size).partialValue
                if receipt.file.state == .yanked { report.yanked += 1 }
            }
        }
    }
}
