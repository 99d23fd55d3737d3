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
        let found = codes(of: channel)
        #expect(summary.isSuperset(of: found.subtracting(["-"])), "\(channel.name): \(found)")
        switch channel.attack.outcome(of: channel.kind) {
        case .refused(let codes):
            // That nobody answers is no reason to refuse anything.
            expect(found.subtracting(["-"]), codes, of: channel)
            expectNothing(channel)
        case .unavailable:
            expect(found, [], of: channel)
            expectNothing(channel)
        case .stays(let codes):
            expect(found, codes, of: channel)
            expect(channel, "attacked", version: "1")
        case .keepsRelease(let codes):
            expect(found, codes, of: channel)
            expect(channel, "attacked", version: "2")
        case .leftOut, .older:
            expect(found, [], of: channel)
            expect(channel, "attacked", version: "1")
        case .unaffected:
            expect(found, [], of: channel)
            expect(channel, "attacked", version: "2")
        case .unnoticed:
            expect(found, [], of: channel)
            expect(channel, "attacked", version: "2", isEvil: true)
        case nil: Issue.record("\(channel.name) is no row of the table")
        }
    }

    private func expect(_ found: Set<String>, _ codes: ProxyAttack.Codes, of channel: AttackedChannel) {
        let clients = clients[channel.url] ?? []
        #expect(codes.allow(found), "\(channel.name): \(found), expected \(codes.all); \(clients)")
    }

    private func expectNothing(_ channel: AttackedChannel) {
        let clients = clients[channel.url] ?? []
        #expect(clients.count == AttackedMachine.forms.count)
        for client in clients {
            let isNothing = client.installed.isEmpty && !client.hasEvil && client.error != nil
            #expect(isNothing, "\(channel.name), attacked: \(client)")
        }
    }
}
