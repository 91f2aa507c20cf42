import type { Stack } from 'aws-cdk-lib'
import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import type { Settings } from './settings.ts'

/**
 * A mail at 80 % of the month's dollars, and when the forecast passes all of them. It counts the whole account:
 * a budget of one stack alone would need a cost allocation tag that only the payer's account can switch on.
 */
export function budget(stack: Stack, { budget: amount, alarmEmail }: Settings): void {
  const mail = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
    notification: { notificationType, threshold, comparisonOperator: 'GREATER_THAN' },
    subscribers: [{ subscriptionType: 'EMAIL', address: alarmEmail }],
  })
  new CfnBudget(stack, 'Budget', {
    budget: {
      budgetName: `${stack.stackName}-${stack.region}`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount, unit: 'USD' },
    },
    notificationsWithSubscribers: [mail('ACTUAL', 80), mail('FORECASTED', 100)],
  })
}
