// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

extension AttackedMachine.Visit {
    /// Demands that clients of all forms installed a version, as the owner made it unless something else is said.
    func expect(_ channel: AttackedChannel, _ moment: String, version: String, isEvil: Bool = false) {
        let clients = clients[channel.url] ?? []
        #expect(clients.count == AttackedMachine.forms.count)
        for client in clients {
            let isRight = client.installed == ["tool-\(version)-0"] && client.error == nil
            #expect(isRight, "\(channel.name), \(moment): \(client)")
            #expect(client.hasEvil == isEvil, "\(channel.name), \(moment): \(client)")
        }
    }

    /// Demands that the log has nothing against a channel.
    func expectPeace(_ channel: AttackedChannel, _ moment: String) {
        #expect(codes(of: channel) == [], "\(channel.name), \(moment)")
    }

    /// Demands what the attack on a channel has to come to.
    func expectOutcome(_ channel: AttackedChannel) {
        let demands = [false, true].compactMap { byShards in
            channel.attack.outcome(of: channel.kind, byShards: byShards).map(Demand.init)
        }
        guard let whole = demands.first, let sharded = demands.last else {
            Issue.record("\(channel.name) is no row of the table")
            return
        }
        let codes = codes(of: channel)
        #expect(summary.isSuperset(of: codes.subtracting(["-"])), "\(channel.name): \(codes)")
        // That nobody answers is no reason to refuse anything.
        let found = whole.isRefusal || sharded.isRefusal ? codes.subtracting(["-"]) : codes
        let clients = clients[channel.url] ?? []
        let allowed = ProxyAttack.Codes(all: whole.codes.all.union(sharded.codes.all))
        let isSilent = found.isEmpty && (whole.mayBeSilent || sharded.mayBeSilent)
        #expect(
            isSilent || allowed.allow(found),
            "\(channel.name): \(found), expected \(allowed.all); \(clients)"
        )
        #expect(clients.count == AttackedMachine.forms.count)
        for client in clients {
            let demand = client.form == "shards" ? sharded : whole
            let installed = demand.version.map { ["tool-\($0)-0"] } ?? []
            let isRight = client.installed == installed && (client.error == nil) == (demand.version != nil)
            #expect(isRight, "\(channel.name), attacked: \(client)")
            #expect(client.hasEvil == demand.isEvil, "\(channel.name), attacked: \(client)")
        }
    }

    /// What an outcome is for one client.
    private struct Demand {
        let codes: ProxyAttack.Codes
        /// What is installed; nil for nothing.
        let version: String?
        var isEvil = false
        var isRefusal = false
        /// Whether the log need not say anything.
        var mayBeSilent = false

        init(_ outcome: ProxyAttack.Outcome) {
            switch outcome {
            case .refused(let codes): (self.codes, version, isRefusal) = (codes, nil, true)
            case .hidden(let codes): (self.codes, version, isRefusal, mayBeSilent) = (codes, nil, true, true)
            case .unavailable: (codes, version) = ([], nil)
            case .stays(let codes): (self.codes, version) = (codes, "1")
            case .keepsRelease(let codes): (self.codes, version) = (codes, "2")
            case .leftOut, .older: (codes, version) = ([], "1")
            case .unaffected: (codes, version) = ([], "2")
            case .unnoticed: (codes, version, isEvil) = ([], "2", true)
            }
        }
    }
}
